using System.Collections.Immutable;

namespace Ropewalk.Lab.Data;

/// <summary>Windows of one length that do not overlap.</summary>
/// <param name="Length">Tokens of each, BOS included.</param>
/// <param name="Windows">The windows.</param>
/// <param name="Documents">Names of the documents that <see cref="EvaluationWindow.Document"/> counts.</param>
public sealed record WindowSet(int Length, ImmutableArray<EvaluationWindow> Windows, ImmutableArray<string> Documents)
{
    /// <summary>Tokens that one pass over the set reads.</summary>
    public long NumTokens => (long)Length * Windows.Length;

    /// <summary>Tokens that are scored: all but the first of each window.</summary>
    public long NumScored => (long)(Length - 1) * Windows.Length;

    /// <summary>The first <paramref name="length"/> tokens of each window.</summary>
    public WindowSet Prefix(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        return length == Length ? this : new WindowSet(length, [.. Windows.Select(w => w with { Tokens = w.Tokens[..length] })], Documents);
    }
}
