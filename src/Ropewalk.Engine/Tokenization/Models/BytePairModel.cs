using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Byte-pair encoding, of GPT-2's kind (short words) and SentencePiece's (a whole text is one word).</summary>
/// <remarks>A long word is first cut where no merge can reach across: between characters a and b such that no merge joins
/// a token that ends in a with one that starts with b. Merging the parts gives what merging the whole would give, and the
/// parts are mostly words again, which a cache remembers.</remarks>
internal sealed class BytePairModel : TokenModel
{
    private const int MaxStackChars = 3 * WordCache.MaxWordLength;

    private readonly BytePairSettings _settings;
    private readonly CharacterIds _characters;
    private readonly BytePairMerger _merger;
    private readonly PairTable _crossings;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _tokens;
    private readonly int _longestToken;
    private readonly bool _hasAffixes;
    private readonly bool _bytesStandAlone;
    private readonly WordCache _words = new();
    private readonly WordCache _parts = new();

    public BytePairModel(BytePairSettings settings)
    {
        _settings = settings;
        _characters = new CharacterIds(settings.Vocabulary);
        _tokens = settings.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _longestToken = settings.Vocabulary.Keys.Select(t => t.Length).DefaultIfEmpty().Max();
        _hasAffixes = settings.Prefix.Length + settings.Suffix.Length > 0;
        var texts = new Dictionary<int, string>(settings.Vocabulary.Count);
        foreach (var (token, id) in settings.Vocabulary)
        {
            texts[id] = token;
        }

        var merges = new PairTable(settings.Merges.Length);
        _crossings = new PairTable(settings.Merges.Length);
        for (var rank = 0; rank < settings.Merges.Length; rank++)
        {
            var (left, right, merged) = settings.Merges[rank];
            merges.Set(left, right, ((long)rank << 32) | (uint)merged);
            if (texts[left].Length > 0 && texts[right].Length > 0)
            {
                _crossings.Set(texts[left][^1], texts[right][0], 1);
            }
        }

        _merger = new BytePairMerger(merges);
        _bytesStandAlone = settings.ByteIds is { } bytes && !bytes.Contains(-1) && !settings.Merges.Any(m => bytes.Contains(m.Left) || bytes.Contains(m.Right));
    }

    /// <summary>What it is made of.</summary>
    public BytePairSettings Settings => _settings;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => _settings.Vocabulary;

    /// <inheritdoc/>
    public override bool MayJoin(char left, char right) => _settings.IgnoreMerges || PartsMayJoin(left, right);

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length <= WordCache.MaxWordLength)
        {
            EncodeCached(_words, word, _settings.IgnoreMerges, ids);
        }
        else if (_settings.IgnoreMerges && word.Length <= _longestToken && _tokens.TryGetValue(word, out var id))
        {
            ids.Add(id);
        }
        else if (_hasAffixes)
        {
            // What a character's token is depends on the word around it, and so a word cannot be cut.
            Merge(word, ids);
        }
        else
        {
            EncodeLong(word, ids);
        }
    }

    /// <summary>The same for a word that the caller remembers: it takes no room among those that are remembered here.</summary>
    public void EncodeOnce(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_settings.IgnoreMerges && word.Length <= _longestToken && _tokens.TryGetValue(word, out var id))
        {
            ids.Add(id);
        }
        else if (word.Length <= MaxStackChars || _hasAffixes)
        {
            Merge(word, ids);
        }
        else
        {
            EncodeLong(word, ids);
        }
    }

    private void EncodeLong(ReadOnlySpan<char> word, List<int> ids)
    {
        var start = 0;
        for (var i = 1; i <= word.Length; i++)
        {
            if (i < word.Length && PartsMayJoin(word[i - 1], word[i]))
            {
                continue;
            }

            var part = word[start..i];
            start = i;
            if (part.Length == 1 && _characters.OfUnit(part[0]) is var id and >= 0)
            {
                ids.Add(id);
            }
            else if (part.Length <= WordCache.MaxWordLength)
            {
                EncodeCached(_parts, part, wholeWord: false, ids);
            }
            else
            {
                Merge(part, ids);
            }
        }
    }

    /// <summary>Halves of a pair count as joined, and so do unknown characters, because they may become one token; unless each
    /// becomes tokens for its bytes and no merge takes those.</summary>
    private bool PartsMayJoin(char left, char right) =>
        char.IsHighSurrogate(left) || _crossings.Get(left, right) >= 0
        || (!_bytesStandAlone && (_characters.OfUnit(left) < 0 || _characters.OfUnit(right) < 0));

    private void EncodeCached(WordCache cache, ReadOnlySpan<char> word, bool wholeWord, List<int> ids)
    {
        if (cache.TryAppend(word, ids, out var place))
        {
            return;
        }

        var before = ids.Count;
        if (wholeWord && _tokens.TryGetValue(word, out var id))
        {
            ids.Add(id);
        }
        else
        {
            Merge(word, ids);
        }

        cache.Set(place, word, CollectionsMarshal.AsSpan(ids)[before..]);
    }

    private void Merge(ReadOnlySpan<char> word, List<int> ids)
    {
        var most = _settings.ByteIds is null ? word.Length : word.Length * 3;
        var rented = word.Length > MaxStackChars ? ArrayPool<int>.Shared.Rent(most) : null;
        var symbols = rented ?? stackalloc int[MaxStackChars * 3];
        symbols = symbols[..Symbols(word, symbols)];
        CollectionExtensions.AddRange(ids, symbols[.._merger.Merge(symbols)]);
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    /// <summary>A token for each character; where there is none, tokens for its bytes, or the unknown token.</summary>
    private int Symbols(ReadOnlySpan<char> word, Span<int> symbols)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var count = 0;
        var unknownPending = false;
        var at = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            var id = _hasAffixes ? Affixed(rune, at == 0, at + rune.Utf16SequenceLength == word.Length) : _characters.Of(rune.Value);
            at += rune.Utf16SequenceLength;
            if (id >= 0)
            {
                Flush(symbols, ref count, ref unknownPending);
                symbols[count++] = id;
                continue;
            }

            // The reference does not flush a pending unknown token before byte tokens, so neither do we.
            var bytes = utf8[..rune.EncodeToUtf8(utf8)];
            if (HasAll(bytes))
            {
                foreach (var b in bytes)
                {
                    symbols[count++] = _settings.ByteIds![b];
                }
            }
            else if (_settings.Unknown is not null)
            {
                if (!_settings.FuseUnknown)
                {
                    Flush(symbols, ref count, ref unknownPending);
                }

                unknownPending = true;
            }
        }

        Flush(symbols, ref count, ref unknownPending);
        return count;
    }

    private int Affixed(Rune rune, bool isFirst, bool isLast)
    {
        var text = (isFirst ? "" : _settings.Prefix) + rune + (isLast ? _settings.Suffix : "");
        return _settings.Vocabulary.GetValueOrDefault(text, -1);
    }

    private bool HasAll(ReadOnlySpan<byte> bytes)
    {
        if (_settings.ByteIds is not { } byteIds)
        {
            return false;
        }

        foreach (var b in bytes)
        {
            if (byteIds[b] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private void Flush(Span<int> symbols, ref int count, ref bool pending)
    {
        if (pending)
        {
            symbols[count++] = _settings.Unknown!.Value;
            pending = false;
        }
    }
}
