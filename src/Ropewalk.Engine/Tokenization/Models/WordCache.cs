using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Remembers the ids of words. Of fixed size: a newer word takes the place of an older one, so that no text can make a look-up
/// slow; entries are immutable and replaced whole, so that threads need no lock.</summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and not worth keeping.</summary>
    public const int MaxWordLength = 64;

    private const int Bits = 15;
    private readonly Entry?[] _entries = new Entry?[1 << Bits];

    /// <summary>Appends the word's ids, if they are known; <paramref name="place"/> is where <see cref="Set"/> puts them.</summary>
    public bool TryAppend(ReadOnlySpan<char> word, List<int> ids, out int place)
    {
        place = Place(word);
        var entry = _entries[place];
        if (entry is null || !word.SequenceEqual(entry.Word))
        {
            return false;
        }

        if (entry.Ids is { } several)
        {
            CollectionExtensions.AddRange(ids, several);
        }
        else
        {
            ids.Add(entry.Id);
        }

        return true;
    }

    /// <summary>Remembers a word.</summary>
    public void Set(int place, ReadOnlySpan<char> word, ReadOnlySpan<int> ids) =>
        _entries[place] = ids.Length == 1 ? new Entry(word.ToString(), ids[0], null) : new Entry(word.ToString(), 0, ids.ToArray());

    private static int Place(ReadOnlySpan<char> word)
    {
        const ulong Mix = 0x9E3779B97F4A7C15;
        var hash = (ulong)word.Length;
        foreach (var four in MemoryMarshal.Cast<char, ulong>(word))
        {
            hash = (hash ^ four) * Mix;
            hash ^= hash >> 29;
        }

        foreach (var c in word[(word.Length & ~3)..])
        {
            hash = (hash << 16) ^ (hash >> 48) ^ c;
        }

        return (int)((hash * Mix) >> (64 - Bits));
    }

    private sealed record Entry(string Word, int Id, int[]? Ids);
}
