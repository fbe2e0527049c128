using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Where tasks get prose from: the user's text, else stories of the embedded generator.</summary>
/// <param name="text">The user's text, or null.</param>
public sealed class Haystacks(string? text)
{
    // No tokenizer has a longer token than that on average in English prose.
    private const int CharactersPerToken = 8;

    /// <summary>Which, in words.</summary>
    public string Description => text is null ? "generated stories" : "the given text, from a random sentence on";

    /// <summary>A haystack for a window.</summary>
    /// <param name="random">Which story, or which place of the text.</param>
    /// <param name="window">Tokens.</param>
    public TextHaystack For(CounterRandom random, int window) => text is null
        ? new TextHaystack(StoryGenerator.Documents(random.NextUInt64(), 1, (int)Math.Min(int.MaxValue / 2, (long)window * CharactersPerToken)).Single().Text)
        : TextHaystack.From(text, random.NextDouble());
}
