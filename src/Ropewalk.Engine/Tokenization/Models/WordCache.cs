namespace Ropewalk.Engine.Tokenization;

/// <summary>Remembers the ids of words. Of fixed size: a newer word takes the place of an older one; entries are immutable
/// and replaced whole, so that threads need no lock.</summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and not worth keeping.</summary>
    public const int MaxWordLength = 64;

    private const int Size = 1 << 15;
    private readonly Entry?[] _entries = new Entry?[Size];

    /// <summary>The word's ids, or null; <paramref name="place"/> is where <see cref="Set"/> puts them.</summary>
    public int[]? Get(ReadOnlySpan<char> word, out int place)
    {
        place = string.GetHashCode(word, StringComparison.Ordinal) & (Size - 1);
        var entry = _entries[place];
        return entry is not null && word.SequenceEqual(entry.Word) ? entry.Ids : null;
    }

    public void Set(int place, ReadOnlySpan<char> word, int[] ids) => _entries[place] = new Entry(word.ToString(), ids);

    private sealed record Entry(string Word, int[] Ids);
}
