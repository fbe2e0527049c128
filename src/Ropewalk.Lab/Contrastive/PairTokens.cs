using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Texts of pairs as tokens, none longer than the window.</summary>
/// <param name="tokens">The tokenizer with the embedder's special tokens.</param>
/// <param name="limit">Tokens of the longest text, special tokens included.</param>
/// <param name="cuts">Whether a longer text loses its end; if not it is an error.</param>
public sealed class PairTokens(EmbedderTokens tokens, int limit, bool cuts)
{
    /// <summary>Texts that lost their end.</summary>
    public int NumCut { get; private set; }

    /// <summary>Tokens of a text.</summary>
    /// <param name="prefix">Put before it.</param>
    /// <param name="text">The text.</param>
    /// <param name="file">For errors.</param>
    /// <param name="field">For errors.</param>
    /// <exception cref="CheckpointFormatException">It is empty.</exception>
    /// <exception cref="UserInputException">It is too long.</exception>
    public int[] Of(string prefix, string text, string file, string field)
    {
        var ids = tokens.Encode(prefix + text);
        if (string.IsNullOrWhiteSpace(text) || ids.Length <= tokens.NumSpecial)
        {
            throw new CheckpointFormatException(file, field, "an empty text", "at least one token");
        }

        if (ids.Length <= limit)
        {
            return ids;
        }

        if (!cuts)
        {
            throw new UserInputException($"{file}: {field}: found {ids.Length} tokens, expected at most {limit}: shorten it, or let --truncate cut the ends off");
        }

        NumCut++;
        return tokens.Cut(ids, limit);
    }
}
