using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>model.safetensors.index.json: which shard holds which tensor.</summary>
internal sealed class WeightIndex
{
    private const int MaximumShards = 1000;
    private const int ShownCharacters = 80;

    private readonly Dictionary<string, string> shardOf = new(StringComparer.Ordinal);

    private WeightIndex(double? totalSizeBytes) => TotalSizeBytes = totalSizeBytes;

    /// <summary>Shard by tensor.</summary>
    public IReadOnlyDictionary<string, string> ShardOf => shardOf;

    /// <summary>The shards' file names in ordinal order, each once, each a plain file name.</summary>
    public IReadOnlyList<string> Shards { get; private set; } = [];

    /// <summary>What the index says all tensors take, if it says so (some writers write it as a float).</summary>
    public double? TotalSizeBytes { get; }

    /// <summary>Reads and checks an index; no shard is touched.</summary>
    public static WeightIndex Read(string path)
    {
        var fields = new ConfigFields(JsonFile.Read(path, JsonFile.ConfigMaximumBytes), path);
        var index = new WeightIndex(fields.OptionalObject("metadata")?.OptionalDouble("total_size", 0));
        if (!fields.TryGet("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointFormatException(path, "weight_map", "no such object", "an object with a file name for each tensor");
        }

        var caseless = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in map.EnumerateObject())
        {
            index.shardOf.Add(property.Name, ShardName(path, property));
            if (!caseless.TryAdd(property.Name, property.Name))
            {
                Throw(path, property.Name, $"a name that differs from '{Printable.OneLine(caseless[property.Name], ShownCharacters)}' by case only", "names that differ by more");
            }
        }

        if (index.shardOf.Count == 0)
        {
            throw new CheckpointFormatException(path, "weight_map", "an empty object", "a file name for each tensor");
        }

        index.Shards = [.. index.shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (index.Shards.Count > MaximumShards)
        {
            throw new CheckpointFormatException(path, "weight_map", $"{index.Shards.Count} files", $"at most {MaximumShards}");
        }

        var twins = index.Shards.GroupBy(shard => shard, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twins is not null)
        {
            throw new CheckpointFormatException(path, "weight_map", $"files that differ by case only ({string.Join(", ", twins)})", "names that differ by more");
        }

        return index;
    }

    private static string ShardName(string path, JsonProperty property)
    {
        if (property.Value.ValueKind != JsonValueKind.String)
        {
            Throw(path, property.Name, "a value that is no text", "a file name in quotes");
        }

        var shard = property.Value.GetString()!;
        if (!PlainFileName.IsPlain(shard))
        {
            Throw(path, property.Name, $"'{Printable.OneLine(shard, ShownCharacters)}'", "one plain file name in the model's own folder");
        }

        if (!shard.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new UnsupportedCheckpointException(path, Field(property.Name), $"the file '{shard}'", ForeignContent.SupportedWeights);
        }

        return shard;
    }

    [DoesNotReturn]
    private static void Throw(string path, string tensor, string found, string expected) =>
        throw new CheckpointFormatException(path, Field(tensor), found, expected);

    private static string Field(string tensor) => $"weight_map['{Printable.OneLine(tensor, ShownCharacters)}']";
}
