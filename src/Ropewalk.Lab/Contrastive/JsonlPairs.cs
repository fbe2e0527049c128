using System.Security.Cryptography;
using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Pairs from .jsonl files, an object a line: a query (query or anchor), its document (positive or pos, a text or a list of them) and documents that
/// are none (negatives, negative or neg, a text or a list; or negative_1, negative_2, ...). Each round over the data has an order of its own; of
/// several positives each round takes the next.</summary>
public sealed class JsonlPairs : IPairSource
{
    private const long MaximumBytes = 1L << 31;
    private static readonly string[] s_queries = ["query", "anchor"];
    private static readonly string[] s_positives = ["positive", "pos"];
    private static readonly string[] s_negatives = ["negatives", "negative", "neg"];
    private readonly List<Entry> _entries = [];
    private readonly CounterRandom _random;
    private readonly int _batch;
    private long _round = -1;
    private int[] _order = [];

    /// <summary>Reads all pairs.</summary>
    /// <param name="files">At least one.</param>
    /// <param name="tokens">Makes tokens.</param>
    /// <param name="queryPrefix">Put before each query.</param>
    /// <param name="documentPrefix">Put before each document.</param>
    /// <param name="batch">Pairs of a step.</param>
    /// <param name="seed">Of the order.</param>
    /// <exception cref="CheckpointFormatException">A line is damaged, has no query or positive, or an empty text.</exception>
    /// <exception cref="UserInputException">A text is too long, or there are fewer pairs than a batch has.</exception>
    public JsonlPairs(IEnumerable<string> files, PairTokens tokens, string queryPrefix, string documentPrefix, int batch, ulong seed)
    {
        _batch = batch;
        _random = new CounterRandom(seed).Fork(0x70616972);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var bytes = RegularFile.ReadAll(file, "pairs, a .jsonl file of objects with query and positive", MaximumBytes);
            hash.AppendData(SHA256.HashData(bytes));
            foreach (var (line, element) in JsonLines.Read(file, bytes))
            {
                string Field(string name) => $"line {line}.{name}";
                IReadOnlyList<int[]> Documents(IEnumerable<(string Key, string Text)> texts) => [.. texts.Select(t => tokens.Of(documentPrefix, t.Text, file, Field(t.Key)))];
                var fields = new ConfigFields(element, file, $"line {line}.");
                var query = KeyOf(fields, s_queries) ?? throw Missing(file, Field("query"), s_queries);
                var positive = KeyOf(fields, s_positives) ?? throw Missing(file, Field("positive"), s_positives);
                var negatives = s_negatives.Where(fields.Has).Concat(fields.Names.Where(n => n.StartsWith("negative_", StringComparison.Ordinal)));
                var positives = Documents(TextsOf(element, file, line, positive));
                _entries.Add(new Entry(
                    tokens.Of(queryPrefix, fields.RequiredString(query), file, Field(query)),
                    positives.Count > 0 ? positives : throw new CheckpointFormatException(file, Field(positive), "an empty list", "at least one text"),
                    Documents(negatives.SelectMany(key => TextsOf(element, file, line, key)))));
            }
        }

        if (_entries.Count < batch)
        {
            throw new UserInputException($"--batch: found {batch}, expected at most the {_entries.Count} pairs that the data have");
        }

        Identity = $"pairs {Convert.ToHexStringLower(hash.GetHashAndReset())}, prefixes {JsonSerializer.Serialize((string[])[queryPrefix, documentPrefix])}, {tokens.NumCut} cut";
    }

    /// <inheritdoc />
    public string Identity { get; }

    /// <summary>Pairs of a round.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether a file is one of pairs by its name.</summary>
    public static bool IsKnown(string path) => path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public IReadOnlyList<TrainingPair> Batch(long number)
    {
        // What is left of a round and fills no batch waits for another round's order.
        var batches = _entries.Count / _batch;
        var round = number / batches;
        if (round != _round)
        {
            var random = _random.Fork((ulong)round);
            _order = [.. Enumerable.Range(0, _entries.Count)];
            for (var i = _order.Length - 1; i > 0; i--)
            {
                var j = random.NextInt(i + 1);
                (_order[i], _order[j]) = (_order[j], _order[i]);
            }

            _round = round;
        }

        return [.. _order.AsSpan((int)(number % batches) * _batch, _batch).ToArray().Select(i => _entries[i]).Select(e => new TrainingPair(e.Query, e.Positives[(int)(round % e.Positives.Count)], e.Negatives))];
    }

    private static string? KeyOf(ConfigFields fields, string[] keys) => Array.Find(keys, fields.Has);

    private static CheckpointFormatException Missing(string file, string field, string[] keys) => new(file, field, "nothing", string.Join(" or ", keys));

    private static IEnumerable<(string Key, string Text)> TextsOf(JsonElement element, string file, int line, string key)
    {
        var value = element.GetProperty(key);
        var texts = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : (JsonElement[])[value];
        return texts.Select(t => t.ValueKind == JsonValueKind.String
            ? (key, t.GetString()!)
            : throw new CheckpointFormatException(file, $"line {line}.{key}", $"{t.ValueKind}", "a text or a list of texts"));
    }

    private sealed record Entry(int[] Query, IReadOnlyList<int[]> Positives, IReadOnlyList<int[]> Negatives);
}
