using System.Collections.Immutable;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A number of five digits in irrelevant text. The published programs draw from 1 .. 50,000; here it has always five digits, so that the
/// answers to choose among are equally long and prompts of one window have one size.</summary>
/// <param name="template">Whose prompt.</param>
/// <param name="prose">For <see cref="PasskeyTemplate.Story"/>.</param>
public sealed class PasskeyTask(PasskeyTemplate template, Haystacks prose) : IRetrievalTask
{
    private const int SmallestKey = 10_000;
    private const int LargestKey = 50_000;
    private const int LandmarkStep = 128;

    private const string TaskDescription =
        "There is an important info hidden inside a lot of irrelevant text. Find it and memorize them. I will quiz you about the important information there.";

    /// <inheritdoc />
    public string Name => "passkey";

    /// <inheritdoc />
    public string Description => template == PasskeyTemplate.Story ? $"story template in {prose.Description}" : $"{template.ToString().ToLowerInvariant()} template";

    /// <summary>The case for a number.</summary>
    /// <param name="haystack">What it is hidden in.</param>
    /// <param name="candidates">The number first.</param>
    public RetrievalCase Make(IHaystack haystack, ImmutableArray<string> candidates) => new(
        template == PasskeyTemplate.Story ? "" : TaskDescription,
        haystack,
        $"The pass key is {candidates[0]}. Remember it. {candidates[0]} is the pass key.",
        "What is the pass key? The pass key is",
        candidates);

    /// <inheritdoc />
    public RetrievalCase Make(CounterRandom random, int window, int numCandidates)
    {
        var keys = new List<string>();
        while (keys.Count < numCandidates)
        {
            var key = $"{SmallestKey + random.NextInt(LargestKey - SmallestKey + 1)}";
            if (!keys.Contains(key))
            {
                keys.Add(key);
            }
        }

        return Make(
            template switch
            {
                PasskeyTemplate.Longrope => new RepeatedHaystack(1),
                PasskeyTemplate.Landmark => new RepeatedHaystack(LandmarkStep),
                _ => prose.For(random, window),
            },
            [.. keys]);
    }

    /// <summary>The first whole number of the continuation counts, as in the published programs.</summary>
    public bool IsExact(string continuation, string answer)
    {
        var start = continuation.AsSpan().IndexOfAnyInRange('0', '9');
        if (start < 0)
        {
            return false;
        }

        var rest = continuation.AsSpan(start);
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        return (end < 0 ? rest : rest[..end]).SequenceEqual(answer);
    }
}
