using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Lab.Data;

/// <summary>Texts as token documents: the user's files, or stories of the embedded generator.</summary>
public static class DefaultTexts
{
    /// <summary>Reads and tokenizes files.</summary>
    public static IReadOnlyList<TokenDocument> Read(IEnumerable<string> paths, Tokenizer tokenizer, string option = "--text") =>
        [.. paths.Select(p => new TokenDocument(Path.GetFileName(p), tokenizer.Encode(TextFile.Read(p, option), addSpecialTokens: false, matchSpecialTokens: false)))];

    /// <summary>Stories, each long enough for a window.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="seed">Another seed, other stories.</param>
    /// <param name="count">Stories.</param>
    /// <param name="minimumTokens">Tokens of each.</param>
    public static IReadOnlyList<TokenDocument> Stories(Tokenizer tokenizer, ulong seed, int count, int minimumTokens)
    {
        // A token is at most a few characters in any tokenizer; a story that turns out too short is asked for again, longer.
        for (var characters = minimumTokens + 1024; ; characters *= 2)
        {
            var stories = StoryGenerator.Documents(seed, count, characters).Select(s => new TokenDocument(s.Title, tokenizer.Encode(s.Text, addSpecialTokens: false))).ToList();
            if (stories.TrueForAll(s => s.Tokens.Length >= minimumTokens))
            {
                return [.. stories.Select(s => s with { Tokens = s.Tokens[..minimumTokens] })];
            }
        }
    }
}
