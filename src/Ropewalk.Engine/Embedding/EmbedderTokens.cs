using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Engine.Embedding;

/// <summary>Texts as an embedder reads them: the tokenizer's special tokens around them, and where the last token's row is taken and the tokenizer
/// does not end a text, the end-of-text token.</summary>
public sealed class EmbedderTokens
{
    private readonly Tokenizer _tokenizer;

    /// <summary>Takes a tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="pooling">How rows become a vector.</param>
    /// <param name="source">For errors.</param>
    /// <exception cref="CheckpointFormatException">A text's end has to be marked and there is no token for it.</exception>
    public EmbedderTokens(Tokenizer tokenizer, Pooling pooling, string source)
    {
        _tokenizer = tokenizer;
        var frame = tokenizer.Parts.Frame;
        AppendsEnd = pooling == Pooling.Last && frame.Suffix.Length == 0;
        Prefix = frame.Prefix;
        Suffix = !AppendsEnd ? frame.Suffix
            : tokenizer.EosToken is { } end ? [end]
            : throw new CheckpointFormatException(source, "eos_token", "nothing", "the token that ends a text, whose row last-token pooling takes");
    }

    /// <summary>Special tokens of every text.</summary>
    public int NumSpecial => Prefix.Length + Suffix.Length;

    /// <summary>What stands before a text.</summary>
    internal int[] Prefix { get; }

    /// <summary>What stands after a text.</summary>
    internal int[] Suffix { get; }

    /// <summary>Whether the end is marked by us because the tokenizer does not.</summary>
    internal bool AppendsEnd { get; }

    /// <summary>A token as the vocabulary spells it.</summary>
    internal string TextOf(int token) => _tokenizer.TokenText(token);

    /// <summary>A text with its special tokens.</summary>
    public int[] Encode(string text) => AppendsEnd ? [.. _tokenizer.Encode(text), .. Suffix] : _tokenizer.Encode(text);

    /// <summary>A text without them.</summary>
    public int[] Body(string text) => _tokenizer.Encode(text, addSpecialTokens: false);

    /// <summary>A prompt's own tokens: a space at its end belongs to the word that follows, as most vocabularies have words with the space before them.</summary>
    public int[] PromptBody(string prompt) => Body(prompt.TrimEnd(' '));

    /// <summary>A text's tokens as they follow those of <see cref="PromptBody"/> where both are one text; its own where the prompt's last word goes on in it.</summary>
    public int[] BodyAfter(string prompt, string text)
    {
        var before = PromptBody(prompt);
        var both = Body(prompt + text);
        return both.AsSpan().StartsWith(before) ? both[before.Length..] : Body(text);
    }

    /// <summary>Rows that a prompt takes at the beginning of a text, special tokens included; none where there is no prompt. White space at its end is not counted, as
    /// sentence-transformers does not count it.</summary>
    public int RowsOf(string prompt) => prompt.Length == 0 ? 0 : Prefix.Length + Body(prompt.TrimEnd()).Length;

    /// <summary>Special tokens around a text.</summary>
    public int[] Frame(ReadOnlySpan<int> body) => [.. Prefix, .. body, .. Suffix];

    /// <summary>A text cut at its end, special tokens kept.</summary>
    /// <param name="ids">As <see cref="Encode"/> gives them, more than <paramref name="limit"/>.</param>
    /// <param name="limit">Tokens that are left.</param>
    public int[] Cut(int[] ids, int limit) => [.. ids.AsSpan(0, limit - Suffix.Length), .. Suffix];
}
