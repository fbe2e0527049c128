using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Tokenization;

/// <summary>A tokenizer as Hugging Face's tokenizer.json describes it: text to ids and back, id for id what the reference
/// library gives. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// The way of a text: added tokens that want the raw text are cut out; the rest is normalised; added tokens that want the
/// normalised text are cut out; the rest is cut into words; the model encodes each word; special tokens are put around.
/// Time is n log n in the length of the text at worst, linear in practice. Lone surrogates become U+FFFD; NUL is text.
/// </remarks>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly string?[] _texts;
    private readonly HashSet<int> _special;
    private readonly AddedTokenMatcher _rawTokens;
    private readonly AddedTokenMatcher _normalizedTokens;
    private readonly WordEncoder? _words;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        var added = parts.AddedTokens;
        _texts = new string?[1 + Math.Max(
            parts.Model.Vocabulary.Values.DefaultIfEmpty(-1).Max(), added.Select(t => t.Id).DefaultIfEmpty(-1).Max())];
        foreach (var (token, id) in parts.Model.Vocabulary)
        {
            _texts[id] = token;
        }

        foreach (var token in added)
        {
            _texts[token.Id] = token.Content;
        }

        _words = WordEncoder.Create(parts.PreTokenizer, parts.Model);
        _special = [.. added.Where(t => t.Special).Select(t => t.Id)];
        _rawTokens = new AddedTokenMatcher(added.Where(t => !t.Normalized).Select(t => (t, t.Content)));
        _normalizedTokens = new AddedTokenMatcher(added.Where(t => t.Normalized).Select(t => (t, parts.Normalizer?.NormalizeToken(t.Content) ?? t.Content)));
    }

    /// <summary>One more than the largest id. Ids in a gap of the vocabulary have no text.</summary>
    public int VocabularySize => _texts.Length;

    /// <summary>Id of the token that begins a text, or null where the files name none.</summary>
    public int? BosToken => _parts.BosToken;

    /// <summary>Id of the token that ends a text, or null where the files name none.</summary>
    public int? EosToken => _parts.EosToken;

    /// <summary>Whether <see cref="Encode(string, bool, bool)"/> puts <see cref="BosToken"/> first when asked for special tokens.</summary>
    public bool AddsBos => BosToken is { } bos && _parts.Frame.Prefix is [var first, ..] && first == bos;

    /// <summary>What the files ask for and this tokenizer does not do, or does otherwise; one line each, to be shown.</summary>
    public IReadOnlyList<string> Notes => _parts.Notes;

    /// <summary>What it is put together from, for those who write it in another form.</summary>
    internal TokenizerParts Parts => _parts;

    /// <summary>The tokenizer for a model whose embedding has so many rows: added tokens beyond, which it could not read (Gemma 3's image token in the
    /// models without eyes), are left out, and <see cref="Notes"/> says so. Not where a text begins or ends with one of them; tokens of the
    /// vocabulary itself stay too: then tokenizer and model are not each other's, and whoever loads both says so.</summary>
    /// <param name="rows">Rows of the embedding.</param>
    /// <param name="source">File and field that say so, for the note.</param>
    internal Tokenizer Within(int rows, string source)
    {
        var beyond = _parts.AddedTokens.FindAll(t => t.Id >= rows && !_parts.Model.Vocabulary.ContainsKey(t.Content));
        if (beyond.Count == 0 || beyond.Exists(t => t.Id == BosToken || t.Id == EosToken || _parts.Frame.Prefix.Contains(t.Id) || _parts.Frame.Suffix.Contains(t.Id)))
        {
            return this;
        }

        var note = $"{source}: {rows} rows: {beyond.Count} added tokens from id {beyond.Min(t => t.Id)} on have none and are left out: {string.Join(", ", beyond.Take(4).Select(t => $"\"{JsonField.Short(t.Content)}\""))}{(beyond.Count > 4 ? ", ..." : "")}";
        return new Tokenizer(_parts with { AddedTokens = [.. _parts.AddedTokens.Except(beyond)], Notes = [.. Notes, note] });
    }

    /// <summary>The files of a folder that <see cref="Load"/> takes the tokenizer from: a change in them is another tokenizer.</summary>
    public static IReadOnlyList<string> Files(string folder) => [.. TokenizerFolder.Files(folder)];

    /// <summary>Reads a folder's tokenizer.json, and tokenizer_config.json where it exists; without it tokenizer.model (SentencePiece),
    /// vocab.json with merges.txt, or vocab.txt, by the class that tokenizer_config.json names; or the tokenizer of a GGUF file;
    /// or a tokenizer.json alone (any file whose name ends in .json).</summary>
    /// <remarks>Which special tokens go around a text: what the post_processor of tokenizer.json says, if it has a
    /// TemplateProcessing. Only where it has none do add_bos_token and add_eos_token of tokenizer_config.json count. Where
    /// both speak and differ, tokenizer.json wins and <see cref="Notes"/> says so. Added tokens for which vocab_size of config.json leaves no row are left out.</remarks>
    /// <exception cref="Formats.CheckpointFormatException">A file is missing, damaged or contradicts itself.</exception>
    /// <exception cref="Formats.UnsupportedCheckpointException">A component is not one of ours.</exception>
    public static Tokenizer Load(string path) => TokenizerReader.Load(path);

    /// <summary>Reads the bytes of a tokenizer.json; <paramref name="file"/> names it in complaints.</summary>
    /// <exception cref="Formats.CheckpointFormatException">The file is damaged or contradicts itself.</exception>
    /// <exception cref="Formats.UnsupportedCheckpointException">A component is not one of ours.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> json, string file) => TokenizerReader.Parse(json, file, null);

    /// <summary>Reads the text of a tokenizer.json; <paramref name="file"/> names it in complaints.</summary>
    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, string)"/>
    public static Tokenizer Parse(string json, string file) => Parse(Encoding.UTF8.GetBytes(json), file);

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text, also empty.</param>
    /// <param name="addSpecialTokens">Whether the tokens that belong around a text are added.</param>
    /// <param name="matchSpecialTokens">Whether special tokens written in the text are found there, as the reference does
    /// by default. False for text that a user typed: then they are encoded as the characters they consist of.</param>
    public int[] Encode(string text, bool addSpecialTokens = true, bool matchSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text, addSpecialTokens, matchSpecialTokens, []);
    }

    /// <summary>The ids of a text in which special tokens are found, but for some stretches. Nothing is put around it.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="literal">Stretches that others wrote; in order.</param>
    internal int[] Encode(string text, TextRange[] literal) => Encode(text, addSpecialTokens: false, matchSpecialTokens: true, literal);

    private int[] Encode(string text, bool addSpecialTokens, bool matchSpecialTokens, ReadOnlySpan<TextRange> literal)
    {
        var ids = new List<int>();
        if (addSpecialTokens)
        {
            ids.AddRange(_parts.Frame.Prefix);
        }

        EncodePart(text, continues: false, matchSpecialTokens, literal, ids);
        if (addSpecialTokens)
        {
            ids.AddRange(_parts.Frame.Suffix);
        }

        return [.. ids];
    }

    /// <summary>Appends the ids of a text, or of what follows a place that <see cref="TextCutter"/> found.</summary>
    internal void EncodePart(string text, bool continues, bool matchSpecialTokens, List<int> ids) =>
        EncodePart(text, continues, matchSpecialTokens, [], ids);

    private void EncodePart(string text, bool continues, bool matchSpecialTokens, ReadOnlySpan<TextRange> literal, List<int> ids)
    {
        var wellFormed = WellFormed(text);
        var cuts = new List<(AddedToken? Token, int Start, int End)>();
        _rawTokens.Cut(wellFormed, matchSpecialTokens, cuts, literal);
        foreach (var (token, start, end) in cuts)
        {
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            else
            {
                while (!literal.IsEmpty && literal[0].End <= start)
                {
                    literal = literal[1..];
                }

                EncodePiece(wellFormed[start..end], start == 0 && !continues, continues && start == 0, matchSpecialTokens, LiteralRanges.Within(literal, start, end), ids);
            }
        }
    }

    /// <summary>The text of ids. Bytes that are no UTF-8 become U+FFFD; ids in a gap of the vocabulary become nothing.</summary>
    /// <exception cref="UserInputException">An id is below 0 or not below <see cref="VocabularySize"/>.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if (TryGetText(id, skipSpecialTokens, out var text))
            {
                tokens.Add(text);
            }
        }

        return _parts.Decoder is { } decoder ? string.Concat(decoder.Decode(tokens)) : string.Join(' ', tokens);
    }

    /// <summary>The bytes of one token inside a text, as a stream needs them: perhaps part of a character.</summary>
    /// <param name="id">The token.</param>
    /// <param name="isFirst">Whether the text starts with it; some tokenizers drop a leading space.</param>
    /// <exception cref="UserInputException">The id is below 0 or not below <see cref="VocabularySize"/>.</exception>
    public byte[] DecodeBytes(int id, bool isFirst = false) => DecodeBytes(id, isFirst, previous: null);

    /// <summary>The same, with the token before it, on which what some decoders make of a token depends.</summary>
    internal byte[] DecodeBytes(int id, bool isFirst, int? previous)
    {
        if (!TryGetText(id, skipSpecialTokens: false, out var text))
        {
            return [];
        }

        var piece = new DecodePiece(_parts.Decoder is null && !isFirst ? " " + text : text, isFirst, previous is { } p ? TokenText(p) : null);
        _parts.Decoder?.Decode(piece);
        return piece.Bytes;
    }

    /// <summary>The token as the vocabulary spells it, or an empty text for a gap.</summary>
    /// <exception cref="UserInputException">The id is below 0 or not below <see cref="VocabularySize"/>.</exception>
    public string TokenText(int id) => TryGetText(id, skipSpecialTokens: false, out var text) ? text : "";

    /// <summary>The id of a token as the vocabulary spells it, or null.</summary>
    public int? TokenId(string token) =>
        _parts.AddedTokens.Find(t => t.Content == token) is { } added ? added.Id
        : _parts.Model.Vocabulary.TryGetValue(token, out var id) ? id : null;

    /// <summary>Whether the token controls the model and is no text of its own.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    private void EncodePiece(string text, bool atStart, bool continues, bool matchSpecial, TextRange[] literal, List<int> ids)
    {
        var normalized = Normalize(text, continues);
        var moved = literal.Length == 0 || !_normalizedTokens.HasSpecial ? []
            : _parts.Normalizer is null ? literal : LiteralRanges.Normalized(text, literal, t => Normalize(t), normalized);
        if (moved is not null)
        {
            EncodeNormalized(normalized, atStart, continues, matchSpecial, moved, ids);
            return;
        }

        // Rather two words at a seam than a special token that somebody typed.
        var done = 0;
        foreach (var (start, end) in literal.Append(new TextRange(text.Length, text.Length)))
        {
            EncodeNormalized(Normalize(text[done..start]), atStart && done == 0, continues: false, matchSpecial, [], ids);
            EncodeNormalized(Normalize(text[start..end]), atStart && start == 0, continues: false, matchSpecial: false, [], ids);
            done = end;
        }
    }

    private void EncodeNormalized(string text, bool atStart, bool continues, bool matchSpecial, TextRange[] literal, List<int> ids)
    {
        var cuts = new List<(AddedToken? Token, int Start, int End)>();
        _normalizedTokens.Cut(text, matchSpecial, cuts, literal);
        foreach (var (token, start, end) in cuts)
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            if (_words is not null)
            {
                _words.Encode(text.AsSpan(start, end - start), continues && start == 0, ids);
                continue;
            }

            var piece = new Piece(text.AsMemory(start, end - start), atStart && start == 0, continues && start == 0);
            foreach (var word in _parts.PreTokenizer?.Split([piece]) ?? [piece])
            {
                _parts.Model.Encode(word.Text.Span, ids);
            }
        }
    }

    private string Normalize(string text, bool continues = false) =>
        (continues ? _parts.Normalizer?.Rest : _parts.Normalizer)?.Normalize(text) ?? text;

    private bool TryGetText(int id, bool skipSpecialTokens, [NotNullWhen(true)] out string? text)
    {
        if ((uint)id >= (uint)_texts.Length)
        {
            throw new UserInputException($"token id {id} is not in the vocabulary, whose ids are 0 to {_texts.Length - 1}");
        }

        text = skipSpecialTokens && _special.Contains(id) ? null : _texts[id];
        return text is not null;
    }

    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        return string.Create(text.Length, text, static (span, from) =>
        {
            from.CopyTo(span);
            for (var i = 0; i < span.Length; i++)
            {
                if (i + 1 < span.Length && char.IsSurrogatePair(span[i], span[i + 1]))
                {
                    i++;
                }
                else if (char.IsSurrogate(span[i]))
                {
                    span[i] = '\uFFFD';
                }
            }
        });
    }
}
