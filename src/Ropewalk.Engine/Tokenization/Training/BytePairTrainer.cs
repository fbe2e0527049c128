using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Learns a byte-level vocabulary (1508.07909 over bytes): ids 0 to 255 are the bytes, then one token for each merge of the pair that is most
/// frequent within words, and last the end of text. Of pairs that are equally frequent the one of lower ids is merged first. Each digit is a word: numbers
/// that are the same length have the same number of tokens, and small models copy them digit by digit.</summary>
public sealed class BytePairTrainer
{
    /// <summary>The token that ends a text.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>The smallest vocabulary: the bytes and the end of text.</summary>
    public const int Smallest = 257;

    private const int ChunkLength = 1 << 20;
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly SequencePreTokenizer _words = new([new SplitPreTokenizer(new CharacterScanner(CharacterClasses.IsNumber), SplitBehavior.Isolated), new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: true)]);

    /// <summary>Counts the words of a text.</summary>
    public void Add(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            // A cut after a line's end is where a word would end anyway.
            var end = Math.Min(text.Length, start + ChunkLength);
            var line = end == text.Length ? -1 : text.LastIndexOf('\n', end - 1, end - start);
            end = line < 0 ? end : line + 1;
            foreach (var piece in _words.Split([new Piece(text.AsMemory(start, end - start), start == 0)]))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_counts, piece.Text.ToString(), out _)++;
            }

            start = end;
        }
    }

    /// <summary>Learns the merges.</summary>
    /// <param name="vocabularySize">Tokens wanted, at least <see cref="Smallest"/>.</param>
    /// <returns>tokenizer.json.</returns>
    /// <exception cref="UserInputException">The texts hold fewer pairs that occur twice.</exception>
    public string Train(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, Smallest);
        var words = _counts.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => new Word([.. w.Key.Select(c => ByteAlphabet.ByteOf(c))], w.Value)).ToArray();
        var tokens = Enumerable.Range(0, 256).Select(b => ByteAlphabet.CharOf((byte)b).ToString()).ToList();
        var merges = new JsonArray();
        var pairs = new PairCounts(words);
        while (tokens.Count < vocabularySize - 1)
        {
            if (pairs.TakeMostFrequent() is not { } best)
            {
                throw new UserInputException($"--vocabulary: found {vocabularySize}, expected at most {tokens.Count + 1}: the texts have no more pairs that occur twice");
            }

            merges.Add(new JsonArray(tokens[best.First], tokens[best.Second]));
            pairs.Merge(best.First, best.Second, tokens.Count);
            tokens.Add(tokens[best.First] + tokens[best.Second]);
        }

        return Json(tokens, merges, useRegex: vocabularySize > Smallest);
    }

    private static string Json(List<string> tokens, JsonArray merges, bool useRegex)
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < tokens.Count; id++)
        {
            vocabulary[tokens[id]] = id;
        }

        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = useRegex };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = tokens.Count,
                ["content"] = EndOfText,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = useRegex
                ? new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(new JsonObject { ["type"] = "Digits", ["individual_digits"] = true }, bytes) }
                : bytes,
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = merges,
            },
        }.ToJsonString(s_json);
    }

    /// <summary>A word as tokens, and how often it occurs.</summary>
    private sealed class Word(int[] tokens, long count)
    {
        public int[] Tokens { get; set; } = tokens;

        public long Count { get; } = count;
    }

    /// <summary>How often each pair of neighbours occurs, and in which words.</summary>
    private sealed class PairCounts
    {
        private readonly Word[] _words;
        private readonly Dictionary<(int First, int Second), (long Count, HashSet<int> Words)> _pairs = [];

        // May hold old counts of a pair beside its present one.
        private readonly PriorityQueue<(int First, int Second), (long NegativeCount, int First, int Second)> _queue = new();

        public PairCounts(Word[] words)
        {
            _words = words;
            for (var w = 0; w < words.Length; w++)
            {
                AddPairs(w, 1, null);
            }

            foreach (var (pair, (count, _)) in _pairs)
            {
                _queue.Enqueue(pair, (-count, pair.First, pair.Second));
            }
        }

        public (int First, int Second)? TakeMostFrequent()
        {
            while (_queue.TryDequeue(out var pair, out var priority))
            {
                if (_pairs.TryGetValue(pair, out var entry) && entry.Count == -priority.NegativeCount)
                {
                    return entry.Count >= 2 ? pair : null;
                }
            }

            return null;
        }

        public void Merge(int first, int second, int merged)
        {
            var changed = new HashSet<(int First, int Second)>();
            foreach (var w in _pairs[(first, second)].Words.ToArray())
            {
                AddPairs(w, -1, changed);
                var (tokens, result) = (_words[w].Tokens, new List<int>());
                for (var i = 0; i < tokens.Length; i++)
                {
                    var isPair = i + 1 < tokens.Length && tokens[i] == first && tokens[i + 1] == second;
                    result.Add(isPair ? merged : tokens[i]);
                    i += isPair ? 1 : 0;
                }

                _words[w].Tokens = [.. result];
                AddPairs(w, 1, changed);
            }

            _pairs.Remove((first, second));
            foreach (var pair in changed)
            {
                if (_pairs.TryGetValue(pair, out var entry) && entry.Count > 0)
                {
                    _queue.Enqueue(pair, (-entry.Count, pair.First, pair.Second));
                }
            }
        }

        private void AddPairs(int w, int sign, HashSet<(int First, int Second)>? changed)
        {
            var word = _words[w];
            for (var i = 0; i + 1 < word.Tokens.Length; i++)
            {
                var pair = (word.Tokens[i], word.Tokens[i + 1]);
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
                entry.Words ??= [];
                entry.Count += sign * word.Count;
                if (sign > 0)
                {
                    entry.Words.Add(w);
                }
                else
                {
                    entry.Words.Remove(w);
                }

                changed?.Add(pair);
            }
        }
    }
}
