using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "modernbert" (2412.13663): rotary positions, LayerNorm without bias before each block, gated GELU, every third layer
/// seeing the whole text and the others their neighbours under a base of their own. The encoding that is extended is that of the full layers.</summary>
internal sealed class ModernBert : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "modernbert";

    /// <inheritdoc />
    public override string HuggingFaceClass => "ModernBertModel";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("modern-bert") { ReadsWindow = true };

    /// <inheritdoc />
    public override bool UsesLayerNorm => true;

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>
    {
        [TensorRole.Embedding] = "embeddings.tok_embeddings",
        [TensorRole.EmbeddingNorm] = "embeddings.norm",
        [TensorRole.FinalNorm] = "final_norm",
        [TensorRole.AttentionNorm] = "layers.{0}.attn_norm",
        [TensorRole.QueryKeyValue] = "layers.{0}.attn.Wqkv",
        [TensorRole.AttentionOutput] = "layers.{0}.attn.Wo",
        [TensorRole.FeedForwardNorm] = "layers.{0}.mlp_norm",
        [TensorRole.GateUp] = "layers.{0}.mlp.Wi",
        [TensorRole.Down] = "layers.{0}.mlp.Wo",
    };

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        var every = fields.Fields.OptionalInt("global_attn_every_n_layers", 1, 4096) ?? 3;
        var window = fields.Fields.OptionalInt("local_attention", 2, 1 << 24) ?? 128;
        var bias = fields.Flag("attention_bias");
        var full = Rope(config, file, RopeLayerTypes.Full, "global_rope_theta", 160000);
        var layers = fields.Shape.NumLayers;
        return new NetworkSpec
        {
            Shape = fields.Shape,
            Rope = full,
            LocalRope = Rope(config, file, RopeLayerTypes.Sliding, "local_rope_theta", 10000),
            Epsilon = fields.Epsilon("norm_eps", 1e-5),
            UsesLayerNorm = true,
            NormBias = fields.Flag("norm_bias"),
            Activation = fields.ActivationOf("hidden_activation", "gelu", Activation.Gelu, Activation.GeluTanh, Activation.Silu),
            QueryKeyValueBias = bias,
            OutputBias = bias,
            FeedForwardBias = fields.Flag("mlp_bias"),
            AttentionScale = fields.AttentionScale,
            Windows = LayerTypes(fields, file, layers) is { } types
                ? [.. types.Select(isWindowed => isWindowed ? window : 0)]
                : [.. Enumerable.Range(0, layers).Select(layer => layer % every == 0 ? 0 : window)],
            Encoder = new EncoderSpec { Window = full.ScaledContext, SkipsFirstNorm = true },
        };
    }

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer)
    {
        var spec = writer.Spec;
        if (spec.NormBias || spec.QueryKeyValueBias || spec.FeedForwardBias)
        {
            throw writer.Refusal("biases", "true", "none, as its modern-bert graph has it");
        }

        GgufEncoderKeys.Write(writer);
        var window = spec.Windows.Max();
        if (window > 0)
        {
            writer.Set("attention.sliding_window", (uint)window);
            writer.Set("attention.sliding_window_pattern", spec.Windows.Select(w => w > 0).ToArray());
        }

        if (spec.Activation == Activation.Silu)
        {
            writer.Set("hidden_activation", "silu");
        }
    }

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        GgufEncoderKeys.Read(reader);
        var (config, metadata) = (reader.Config, reader.Metadata);
        config["norm_eps"] = config["layer_norm_eps"]!.DeepClone();
        config["global_rope_theta"] = config["rope_theta"]!.DeepClone();
        config["local_rope_theta"] = GgufConfigReader.Shortest(metadata.OptionalNumber(reader.Key("rope.freq_base_swa"), float.Epsilon, float.MaxValue) ?? config["rope_theta"]!.GetValue<double>());
        config.Remove("rope_theta");
        config["hidden_activation"] = metadata.OptionalText(reader.Key("hidden_activation")) ?? "gelu";
        var layers = config["num_hidden_layers"]!.GetValue<int>();
        var window = metadata.OptionalInt(reader.Key("attention.sliding_window"), 0, int.MaxValue) ?? 0;
        var key = reader.Key("attention.sliding_window_pattern");
        if (window == 0)
        {
            config["global_attn_every_n_layers"] = 1;
            return;
        }

        config["local_attention"] = window;
        if (metadata.TryGet(key, out var flags) && flags is bool[] list)
        {
            config["layer_types"] = list.Length == layers
                ? new JsonArray([.. list.Select(isWindowed => (JsonNode)(isWindowed ? RopeLayerTypes.Sliding : RopeLayerTypes.Full))])
                : metadata.Wrong<JsonArray>(key, $"{layers} flags");
        }
        else
        {
            config["global_attn_every_n_layers"] = metadata.OptionalInt(key, 1, 4096) ?? 3;
        }
    }

    /// <summary>The encoding of the layers of one type: rope_parameters of Transformers 5, or a base of its own before it.</summary>
    private static RopeConfig Rope(JsonElement config, string file, string layerType, string baseKey, double byDefault)
    {
        var selected = JsonObject.Create(RopeLayerTypes.Select(config, layerType))!;
        selected.Remove("global_rope_theta");
        selected.Remove("local_rope_theta");
        if (selected["rope_parameters"] is null)
        {
            selected["rope_theta"] = new ConfigFields(config, file).OptionalDouble(baseKey, double.Epsilon, double.MaxValue) ?? byDefault;
            if (layerType == RopeLayerTypes.Sliding)
            {
                selected.Remove("rope_scaling");
            }
        }

        return RopeConfigReader.Read(JsonSerializer.SerializeToElement(selected), file);
    }

    private static bool[]? LayerTypes(DecoderFields fields, string file, int layers)
    {
        if (!fields.Fields.TryGet("layer_types", out var list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != layers
            || list.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String || t.GetString() is not (RopeLayerTypes.Full or RopeLayerTypes.Sliding)))
        {
            throw new CheckpointFormatException(file, "layer_types", "another list", $"{layers} times {RopeLayerTypes.Full} or {RopeLayerTypes.Sliding}");
        }

        return [.. list.EnumerateArray().Select(t => t.GetString() == RopeLayerTypes.Sliding)];
    }
}
