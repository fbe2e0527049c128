using System.Runtime.InteropServices;
using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>SentencePiece's unigram model: of all ways to cut a text into tokens the one with the highest sum of scores.</summary>
/// <remarks>Viterbi's search from left to right: time is text length x longest token, memory is the text length. Neighbouring
/// unknown characters are one unknown token, or the tokens of their bytes.</remarks>
internal sealed class UnigramModel : TokenModel
{
    private readonly UnigramSettings _settings;
    private readonly PieceTrie _trie;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _tokens;
    private readonly WordCache _words = new();

    /// <param name="settings">What it is made of.</param>
    /// <param name="file">The file that its tokens stand in, for complaints.</param>
    /// <param name="field">The field.</param>
    public UnigramModel(UnigramSettings settings, string file, string field)
    {
        _settings = settings;
        _trie = new PieceTrie(settings.Pieces.Select((p, i) => (p.Token, i)), file, field);
        _tokens = settings.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => _settings.Vocabulary;

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

    private void EncodeAnew(ReadOnlySpan<char> text, List<int> ids)
    {
        var best = Search(text);

        // Backwards to the start, collecting; then forwards.
        var steps = new List<(int Start, int Id)>();
        for (var end = text.Length; end > 0; end = best[end].Start)
        {
            steps.Add((best[end].Start, best[end].Id));
        }

        for (var i = steps.Count - 1; i >= 0; i--)
        {
            if (steps[i].Id != _settings.Unknown.Known)
            {
                ids.Add(steps[i].Id);
                continue;
            }

            var first = steps[i].Start;
            while (i > 0 && steps[i - 1].Id == _settings.Unknown.Known)
            {
                i--;
            }

            EncodeUnknown(text[first..(i > 0 ? steps[i - 1].Start : text.Length)], ids);
        }
    }

    /// <summary>For each place of the text: where the last token of the best way to it starts, and which it is.</summary>
    private Node[] Search(ReadOnlySpan<char> text)
    {
        var best = new Node[text.Length + 1];
        for (var start = 0; start < text.Length;)
        {
            var next = start + (char.IsHighSurrogate(text[start]) ? 2 : 1);
            var hasCharacter = false;
            var node = PieceTrie.Root;
            for (var end = start + 1; end <= text.Length; end++)
            {
                node = _trie.Next(node, text[end - 1]);
                if (node < 0)
                {
                    break;
                }

                if (_trie.Value(node) is var piece and >= 0)
                {
                    hasCharacter |= end == next;
                    Offer(best, start, end, _settings.Pieces[piece].Id, _settings.Pieces[piece].Score);
                }
            }

            if (!hasCharacter)
            {
                Offer(best, start, next, _settings.Unknown.Id, _settings.UnknownScore, roundFirst: true);
            }

            start = next;
        }

        return best;
    }

    /// <summary>Of equally good ways the first one found stays: that whose last token is longest. In single precision sums are
    /// compared before they are rounded, but for unknown characters.</summary>
    private void Offer(Node[] best, int start, int end, int id, double score, bool roundFirst = false)
    {
        var sum = best[start].Score + score;
        var rounded = _settings.SinglePrecision ? (float)sum : sum;
        if (best[end].Next == 0 || (roundFirst ? rounded : sum) > best[end].Score)
        {
            best[end] = new Node(start, id + 1, rounded);
        }
    }

    /// <summary>What is unknown in characters may be a token as a whole, whose score was too low.</summary>
    private void EncodeUnknown(ReadOnlySpan<char> text, List<int> ids)
    {
        if (_tokens.TryGetValue(text, out var id))
        {
            ids.Add(id);
            return;
        }

        if (_settings.ByteIds is { } byteIds)
        {
            var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
            Encoding.UTF8.GetBytes(text, bytes);
            if (Array.TrueForAll(bytes, b => byteIds[b] >= 0))
            {
                ids.AddRange(bytes.Select(b => byteIds[b]));
                return;
            }
        }

        ids.Add(_settings.Unknown.Id);
    }

    /// <summary>16 bytes for each character of a text. Next is the token's id + 1, and 0 where no way leads to the place.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Node(int Start, int Next, double Score)
    {
        public int Id => Next - 1;
    }
}
