using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

/// <summary>A Hugging Face folder with seeded random weights for a config of any architecture.</summary>
internal static class RandomCheckpoint
{
    /// <summary>Writes config.json and model.safetensors.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="config">The whole config.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="type">F32 or BF16.</param>
    public static void Write(TemporaryFolder folder, string config, ulong seed, StoredType type = StoredType.F32)
    {
        folder.Write("config.json", config);
        using var parsed = JsonDocument.Parse(config);
        var modelType = parsed.RootElement.GetProperty("model_type").GetString();
        var architecture = Architecture.All.Concat(Architecture.Encoders).Single(a => a.ModelType == modelType);
        var spec = architecture.Read(parsed.RootElement, "config.json");
        var sources = new List<TensorSource>();
        foreach (var (role, _, name, shape) in RequiredTensors.Of(architecture, spec))
        {
            var size = (int)shape.Aggregate((a, b) => a * b);
            var values = Numbers.Random(size, seed + (ulong)sources.Count, shape.Length == 1 ? 0.3 : role is TensorRole.Embedding or TensorRole.PositionEmbedding or TensorRole.TokenTypeEmbedding ? 1 : 2 / Math.Sqrt(shape[1]));
            if (shape.Length == 1 && name.EndsWith(".weight", StringComparison.Ordinal))
            {
                values = [.. values.Select(v => v + 1 - spec.NormOffset)];
            }

            sources.Add(TensorSource.FromSingles(name, type, shape, values));
        }

        SafetensorsWriter.Write(folder.PathOf("model.safetensors"), sources);
    }

    /// <summary>A config as text, from a base and changes in JSON.</summary>
    public static string Config(string text, string changes = "{}")
    {
        var config = JsonNode.Parse(text)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject().ToList())
        {
            config[key] = value?.DeepClone();
        }

        return config.ToJsonString();
    }
}
