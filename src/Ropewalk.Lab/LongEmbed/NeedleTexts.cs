using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>Needle: a fact about the world of nobody's in a generated story that tells nothing of it; the question asks for the fact in other words.</summary>
internal static class NeedleTexts
{
    // More than a token of English prose has in any tokenizer, on average; a story that is too short would leave documents shorter than asked.
    private const int CharactersPerToken = 8;

    /// <summary>As many facts as there are.</summary>
    public static int Most => NeedleFacts.All.Count;

    /// <summary>The story that facts are hidden in.</summary>
    /// <param name="seed">Which story.</param>
    /// <param name="length">Tokens that it has to fill.</param>
    public static Filler Filler(ulong seed, int length) =>
        LongEmbed.Filler.OfProse(StoryGenerator.Documents(seed, 1, (int)Math.Min(int.MaxValue / 2, (long)length * CharactersPerToken)).Single().Text);

    /// <summary>Facts, each once.</summary>
    public static IReadOnlyList<HiddenLine> Lines(CounterRandom random, int count) => [.. SyntheticTask.Shuffled(random, Most).Take(count).Select(i => NeedleFacts.All[i])];
}
