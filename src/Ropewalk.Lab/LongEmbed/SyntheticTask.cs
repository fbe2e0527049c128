using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>A part of the passkey or needle task: documents of one length that differ in the line hidden in them, and questions for some of the lines.</summary>
/// <param name="name">Name of the task.</param>
/// <param name="countTokens">Tokens of a document as the model will read it, prompt and special tokens included.</param>
/// <param name="queries">Questions, at most as many as documents; LongEmbed has 50 for 100.</param>
internal sealed class SyntheticTask(string name, Func<string, int> countTokens, int queries)
{
    /// <summary>Tokens of the shortest part: the longest line without anything around it.</summary>
    public static int Fewest(IEnumerable<HiddenLine> lines, Func<string, int> countTokens) => lines.Max(l => countTokens(l.Line));

    /// <summary>Makes a part.</summary>
    /// <param name="length">Tokens of a document at most; it is as near as whole sentences come.</param>
    /// <param name="filler">What the lines are hidden in, the same for all documents, so that nothing but the line tells them apart.</param>
    /// <param name="lines">One for each document.</param>
    /// <param name="random">Which are asked for, and where each lies.</param>
    /// <exception cref="UserInputException">The length is too small for a line.</exception>
    public TaskPart Make(int length, Filler filler, IReadOnlyList<HiddenLine> lines, CounterRandom random)
    {
        var longest = lines.MaxBy(l => countTokens(l.Line))!;
        if (countTokens(longest.Line) is var fewest && fewest > length)
        {
            throw new UserInputException($"--lengths: found {length}, expected at least {fewest}: a line of the {name} task takes as many tokens without any text around it");
        }

        var most = Largest(filler, longest.Line, length);
        var asked = Shuffled(random, lines.Count)[..queries];
        var bands = Shuffled(random, queries);

        // The asked lines are spread evenly over the depths, each at a random place of its share; the others lie anywhere.
        var depths = Enumerable.Range(0, lines.Count).Select(_ => random.NextDouble()).ToArray();
        for (var i = 0; i < asked.Length; i++)
        {
            depths[asked[i]] = (bands[i] + random.NextDouble()) / queries;
        }

        return new TaskPart
        {
            Length = length,
            Documents = [.. lines.Select((l, i) => new LongText($"{name}-{length}-{i:D3}", Fit(filler, l.Line, most, depths[i], length), $"{name} {length}, document {i}"))],
            Queries = [.. asked.Select(d => new LongText($"{name}-{length}-q{d:D3}", lines[d].Question, $"{name} {length}, query {d}"))],
            Relevant = [.. asked.Select(d => (IReadOnlyList<int>)[d])],
            Depths = [.. asked.Select(d => depths[d])],
        };
    }

    /// <summary>Numbers 0 .. count - 1 in a random order.</summary>
    public static int[] Shuffled(CounterRandom random, int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = 0; i < count - 1; i++)
        {
            var j = i + random.NextInt(count - i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>The most sentences that fit around a line, by doubling and bisection: how many tokens a sentence has is the tokenizer's secret.</summary>
    private int Largest(Filler filler, string line, int length)
    {
        bool Fits(int count) => countTokens(filler.Hide(line, count, 0.5)) <= length;
        var (low, high) = (0, 1);
        while (high < filler.Available && Fits(high))
        {
            (low, high) = (high, Math.Min(filler.Available, high * 2));
        }

        if (high == filler.Available && Fits(high))
        {
            return high;
        }

        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Fits(middle) ? (middle, high) : (low, middle);
        }

        return low;
    }

    private string Fit(Filler filler, string line, int most, double depth, int length)
    {
        for (var count = most; ; count--)
        {
            var text = filler.Hide(line, count, depth);
            if (count == 0 || countTokens(text) <= length)
            {
                return text;
            }
        }
    }
}
