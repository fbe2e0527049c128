using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>Pairs that are made of running text for a search that was given none: whoever wants a longer window seldom has questions about long texts.</summary>
public static class MadePairs
{
    /// <summary>Pairs of a group: as many documents as a query has to tell apart.</summary>
    private const int OfGroup = 16;

    /// <summary>Makes pairs, of which the last fifth can be held out: they follow in turns of lengths, and no two spans are of one passage.</summary>
    /// <param name="options">What is asked; its texts are read.</param>
    /// <param name="embedder">Makes ids.</param>
    /// <returns>Documents of the target's tokens, of half as many, and so on down to the window as trained.</returns>
    /// <exception cref="UserInputException">There is no text, or too little.</exception>
    public static IReadOnlyList<TokenPair> Read(EmbedderSearchOptions options, TextEmbedder embedder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(embedder);
        var window = embedder.Model.Rope!.Geometry.OriginalContext;
        var documents = TrainingTexts.Documents(TrainingTexts.All(options.Texts, 0, options.Seed), embedder.Tokenizer);
        var longest = documents.Max(d => d.Tokens.Length);
        if (longest < 2 * options.TargetContext)
        {
            throw new UserInputException($"--text: found texts of at most {longest} tokens, expected one of at least {2 * options.TargetContext}, twice --to: pairs are cut from passages of that length");
        }

        var tokens = new EmbedderTokens(embedder.Tokenizer, embedder.Pooling, options.Model);
        var texts = new TextPairs(documents, tokens, 1, options.TargetContext, options.RecallPairs, options.Seed, new PairPrompts(options.QueryPrefix, options.DocumentPrefix), "--to");
        var lengths = new List<int>();
        for (var length = options.TargetContext; length >= window; length /= 2)
        {
            lengths.Add(length);
        }

        var count = ((OfGroup * options.Windows * 5) + 3) / 4;
        var made = lengths.Select(length => Enum.GetValues<PairKind>().Select(kind => texts.HeldOutPairs(kind, count, window / 4, length)).ToArray()).ToList();
        var spans = made[0][(int)PairKind.Spans].Count;
        var pairs = new List<TokenPair>();
        var (asked, told) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            // Of a length facts follow each other, then lines: those that hide in one text are asked for together.
            var ofLength = made[i % lengths.Count];
            TrainingPair Recalled(int number) => ofLength[(int)(number / TextPairs.OfOneText % 2 == 0 ? PairKind.Facts : PairKind.Lines)][number];
            var pair = (i + 1) * options.RecallPairs >= asked + 1 ? Recalled(asked++ / lengths.Count) : told < spans ? ofLength[(int)PairKind.Spans][told++] : throw new UserInputException(
                $"--text: found {spans} passages of {2 * options.TargetContext} tokens that are held out, expected more: longer texts, fewer --windows or more --recall-pairs");
            pairs.Add(new TokenPair(pair.Query, pair.Positive));
        }

        return pairs;
    }
}
