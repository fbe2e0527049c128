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

    /// <summary>Shorter windows out of the same text, one after the other inside each window.</summary>
    /// <param name="length">Tokens of each, BOS included.</param>
    /// <param name="hasBegin">Whether windows begin with a BOS: then each of the shorter ones does.</param>
    /// <param name="limit">Windows at most, evenly spaced; 0 for all.</param>
    public WindowSet Cut(int length, bool hasBegin, int limit = 0)
    {
        var first = hasBegin ? 1 : 0;
        var step = length - first;
        var windows = Windows.SelectMany(w => Enumerable.Range(0, (Length - first) / step).Select(i =>
        {
            int[] tokens = [.. w.Tokens.AsSpan(0, first), .. w.Tokens.AsSpan(first + (i * step), step)];
            return new EvaluationWindow(w.Document, w.Start + (i * step), tokens);
        }));
        return new WindowSet(length, WindowPlanner.Spread([.. windows], limit), Documents);
    }
}
