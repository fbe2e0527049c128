using System.Buffers;

namespace Ropewalk.Engine.Tokenization;

/// <summary>The short way for byte-level BPE: cuts text into words and remembers the ids of each by its characters as they stand in
/// the text, before they are written in the byte alphabet and cut further. Safe for concurrent use.</summary>
internal sealed class WordEncoder
{
    private const int BytesPerChar = 3;

    private readonly SplitPreTokenizer[] _splits;
    private readonly WordScanner _scanner;
    private readonly SplitPreTokenizer[] _rest;
    private readonly BytePairModel _model;
    private readonly bool _addsPrefix;
    private readonly WordCache _words = new();

    private WordEncoder(SplitPreTokenizer[] splits, WordScanner scanner, SplitPreTokenizer[] rest, BytePairModel model, bool addsPrefix)
    {
        _splits = splits;
        _scanner = scanner;
        _rest = rest;
        _model = model;
        _addsPrefix = addsPrefix;
    }

    /// <summary>The encoder for a pre-tokenizer that is splits, the byte alphabet and splits again, one of which has a known scanner;
    /// for any other null.</summary>
    public static WordEncoder? Create(PreTokenizer? preTokenizer, TokenModel model)
    {
        PreTokenizer[] steps = preTokenizer is SequencePreTokenizer sequence ? [.. sequence.Steps] : preTokenizer is null ? [] : [preTokenizer];
        var at = Array.FindIndex(steps, s => s is ByteLevelPreTokenizer);
        if (at < 0 || model is not BytePairModel bytePair || Array.Exists(steps, s => s is not SplitPreTokenizer && s != steps[at])
            || (at > 0 && steps[at].AddsPrefix))
        {
            return null;
        }

        SplitPreTokenizer[] splits = [.. steps[..at].Cast<SplitPreTokenizer>()];
        SplitPreTokenizer[] rest = [.. steps[(at + 1)..].Cast<SplitPreTokenizer>()];
        return ((ByteLevelPreTokenizer)steps[at]).Scanner is { } scanner ? new WordEncoder(splits, scanner, rest, bytePair, steps[at].AddsPrefix)
            : splits is [.., { Words: { } words }] ? new WordEncoder(splits[..^1], words, rest, bytePair, steps[at].AddsPrefix)
            : null;
    }

    /// <summary>Appends the ids of a normalised text that is not empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="continues">Whether it goes on where a text was cut.</param>
    /// <param name="ids">Receives the ids.</param>
    public void Encode(ReadOnlySpan<char> text, bool continues, List<int> ids)
    {
        if (_addsPrefix && !continues && text[0] != ' ')
        {
            text = string.Concat(" ", text);
        }

        if (_splits.Length == 0)
        {
            EncodeWords(text, ids);
            return;
        }

        List<Stretch> pieces = [new Stretch(0, text.Length, IsMatch: false)];
        var parts = new List<Stretch>();
        foreach (var split in _splits)
        {
            var next = new List<Stretch>();
            foreach (var piece in pieces)
            {
                parts.Clear();
                split.Cut(text[piece.Start..piece.End], parts);
                foreach (var part in parts)
                {
                    next.Add(new Stretch(piece.Start + part.Start, piece.Start + part.End, part.IsMatch));
                }
            }

            pieces = next;
        }

        foreach (var piece in pieces)
        {
            EncodeWords(text[piece.Start..piece.End], ids);
        }
    }

    private void EncodeWords(ReadOnlySpan<char> text, List<int> ids)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = _scanner.WordEnd(text, at);
            var word = text[at..end];
            at = end;
            if (word.Length > WordCache.MaxWordLength)
            {
                EncodeWord(word, ids);
                continue;
            }

            if (!_words.TryAppend(word, ids, out var place))
            {
                var before = ids.Count;
                EncodeWord(word, ids);
                _words.Set(place, word, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[before..]);
            }
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        var rented = word.Length > WordCache.MaxWordLength ? ArrayPool<char>.Shared.Rent(word.Length * BytesPerChar) : null;
        var mapped = rented ?? stackalloc char[WordCache.MaxWordLength * BytesPerChar];
        mapped = mapped[..ByteAlphabet.Map(word, mapped)];
        if (_rest.Length == 0)
        {
            _model.EncodeOnce(mapped, ids);
        }
        else
        {
            List<Piece> pieces = [new Piece(mapped.ToArray(), AtStart: false)];
            foreach (var piece in _rest.Aggregate(pieces, (p, split) => split.Split(p)))
            {
                _model.EncodeOnce(piece.Text.Span, ids);
            }
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }
}
