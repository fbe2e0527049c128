using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Training;

/// <summary>Sequences of <see cref="RecallTexts"/>, whole texts one after the other, each sequence a function of its random numbers.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="endToken">Put after each text; null for nothing.</param>
public sealed class RecallSource(Tokenizer tokenizer, int? endToken)
{
    private const int ShortestText = 24;
    private const int CharactersPerToken = 5;
    private readonly RecallTexts _texts = new(tokenizer);

    /// <summary>Tokens of a sequence and the one after it. A quarter of the texts are as long as what is left of the sequence; the logarithms of the others'
    /// lengths are uniform, since it is short texts that teach a new model how to look back, and long ones how far.</summary>
    /// <param name="random">Which.</param>
    /// <param name="length">Tokens wanted, at least 1; the last text may be cut.</param>
    public int[] Make(CounterRandom random, int length)
    {
        var tokens = new List<int>(length);
        while (tokens.Count < length)
        {
            var left = length - tokens.Count - (endToken is null ? 0 : 1);
            var room = left <= ShortestText || random.NextInt(4) == 0 ? left : (int)(ShortestText * Math.Pow((double)left / ShortestText, random.NextDouble()));
            tokens.AddRange(Text(random, room));
            if (endToken is { } end)
            {
                tokens.Add(end);
            }
        }

        return [.. tokens.Take(length)];
    }

    /// <summary>A text that fits, or where none does the first that is as short as they get.</summary>
    private int[] Text(CounterRandom random, int room)
    {
        var choice = random.NextUInt64();
        for (var characters = Math.Max(1, room) * CharactersPerToken; ; characters = characters * 9 / 10)
        {
            // The same choice at each size: else long texts would be chosen against.
            var ids = tokenizer.Encode(_texts.Make(new CounterRandom(choice), characters), addSpecialTokens: false, matchSpecialTokens: false);
            if (ids.Length <= room || characters <= CharactersPerToken)
            {
                return ids;
            }
        }
    }
}
