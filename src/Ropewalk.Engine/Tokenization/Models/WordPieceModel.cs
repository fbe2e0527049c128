using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Tokenization;

/// <summary>BERT's model: the longest token that a word starts with, then the longest that goes on from there, to its end; a word
/// that this does not reach is unknown as a whole.</summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly UnknownToken _unknown;
    private readonly int _maxCharacters;
    private readonly PieceTrie _trie;
    private readonly int _continuation;
    private readonly WordCache _words = new();

    private WordPieceModel(JsonField model)
    {
        var vocab = model.Required("vocab");
        _vocabulary = ReadVocabulary(vocab);
        _unknown = UnknownToken.Read(model, "[UNK]", _vocabulary);
        _trie = new PieceTrie(_vocabulary.Select(v => (v.Key, v.Value)), vocab.File, vocab.Path);
        _continuation = _trie.Find(model.Optional("continuing_subword_prefix")?.String() ?? "##");
        var max = model.Optional("max_input_chars_per_word");
        _maxCharacters = max?.Int() ?? 100;
        if (_maxCharacters < 0)
        {
            throw max!.Value.Error("0 or more");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <summary>Reads the model of a tokenizer.json.</summary>
    public static WordPieceModel ReadWordPiece(JsonField model) => new(model);

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > WordCache.MaxWordLength)
        {
            EncodeAnew(word, ids);
            return;
        }

        if (!_words.TryAppend(word, ids, out var place))
        {
            var before = ids.Count;
            EncodeAnew(word, ids);
            _words.Set(place, word, CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    private void EncodeAnew(ReadOnlySpan<char> word, List<int> ids)
    {
        var before = ids.Count;
        var rest = IsTooLong(word) ? [] : word;
        for (var node = PieceTrie.Root; rest.Length > 0; node = _continuation)
        {
            var id = _trie.Longest(rest, node, out var length);
            if (id < 0)
            {
                break;
            }

            ids.Add(id);
            rest = rest[length..];
        }

        if (rest.Length > 0 || ids.Count == before)
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(_unknown.Id);
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        var characters = word.Length;
        foreach (var c in word)
        {
            characters -= char.IsLowSurrogate(c) ? 1 : 0;
        }

        return characters > _maxCharacters;
    }
}
