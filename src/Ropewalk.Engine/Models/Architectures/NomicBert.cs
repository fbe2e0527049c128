using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "nomic_bert" (2402.01613): bert with rotary positions in the half layout, gated SiLU, no biases but those of the norms,
/// and queries, keys and values in one product. Past its trained positions it turns by dynamic NTK where the config has a factor.</summary>
internal sealed class NomicBert : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "nomic_bert";

    /// <inheritdoc />
    public override string HuggingFaceClass => "NomicBertModel";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("nomic-bert") { ReadsOutputBias = true, TurnsPartOfHead = true };

    /// <inheritdoc />
    public override bool UsesLayerNorm => true;

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>
    {
        [TensorRole.Embedding] = "embeddings.word_embeddings",
        [TensorRole.TokenTypeEmbedding] = "embeddings.token_type_embeddings",
        [TensorRole.EmbeddingNorm] = "emb_ln",
        [TensorRole.QueryKeyValue] = "encoder.layers.{0}.attn.Wqkv",
        [TensorRole.AttentionOutput] = "encoder.layers.{0}.attn.out_proj",
        [TensorRole.AttentionSumNorm] = "encoder.layers.{0}.norm1",
        [TensorRole.Up] = "encoder.layers.{0}.mlp.fc11",
        [TensorRole.Gate] = "encoder.layers.{0}.mlp.fc12",
        [TensorRole.Down] = "encoder.layers.{0}.mlp.fc2",
        [TensorRole.FeedForwardSumNorm] = "encoder.layers.{0}.norm2",
    };

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new ConfigFields(config, file);
        RequireKnown(fields, file);
        var (hidden, heads) = (fields.RequiredInt("n_embd", 2, 1 << 20), fields.RequiredInt("n_head", 1, 4096));
        if (hidden % heads != 0)
        {
            throw new CheckpointFormatException(file, "n_embd", $"{hidden}", $"a multiple of n_head {heads}");
        }

        var layers = fields.RequiredInt("n_layer", 1, 4096);
        var shape = new ModelShape(layers, hidden, heads, heads, hidden / heads, fields.OptionalInt("n_inner", 1, 1 << 20) ?? (4 * hidden), fields.RequiredInt("vocab_size", 1, 1 << 24));
        var window = fields.RequiredInt("n_positions", 1, int.MaxValue);
        var bias = fields.OptionalBool("qkv_proj_bias") ?? false;
        return new NetworkSpec
        {
            Shape = shape,
            Rope = Rope(fields, file, shape.HeadWidth, window),
            Epsilon = (float)(fields.OptionalDouble("layer_norm_epsilon", double.Epsilon, 1) ?? 1e-12),
            UsesLayerNorm = true,
            Activation = Activation.Silu,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            AttentionScale = 1 / MathF.Sqrt(shape.HeadWidth),
            Windows = new int[layers],
            Encoder = new EncoderSpec { Window = window, TokenTypes = fields.OptionalInt("type_vocab_size", 0, 1024) ?? 2 },
        };
    }

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer) => GgufEncoderKeys.Write(writer);

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        GgufEncoderKeys.Read(reader);
        var config = reader.Config;
        config["n_embd"] = config["hidden_size"]!.DeepClone();
        config["n_head"] = config["num_attention_heads"]!.DeepClone();
        config["n_layer"] = config["num_hidden_layers"]!.DeepClone();
        config["n_inner"] = config["intermediate_size"]!.DeepClone();
        config["n_positions"] = config["max_position_embeddings"]!.DeepClone();
        config["layer_norm_epsilon"] = config["layer_norm_eps"]!.DeepClone();
        config["rotary_emb_base"] = config["rope_theta"]!.DeepClone();
        config["rotary_emb_fraction"] = config["partial_rotary_factor"]?.DeepClone() ?? 1.0;
        config["activation_function"] = "swiglu";
        config["qkv_proj_bias"] = reader.HasTensor(GgufNames.Of(TensorRole.QueryKeyValue, 0, ".bias"));
    }

    private static RopeConfig Rope(ConfigFields fields, string file, int headWidth, int window)
    {
        var width = (int)Math.Round(headWidth * (fields.OptionalDouble("rotary_emb_fraction", 0, 1) ?? 1));
        if (width < 2 || width % 2 != 0)
        {
            throw new CheckpointFormatException(file, "rotary_emb_fraction", $"{width} rotated entries of {headWidth}", "an even number of at least 2");
        }

        var trained = fields.OptionalInt("max_trained_positions", 1, int.MaxValue) ?? window;
        var geometry = new RopeGeometry(width, fields.OptionalDouble("rotary_emb_base", double.Epsilon, double.MaxValue) ?? 10000, trained);
        var scaling = fields.OptionalDouble("rotary_scaling_factor", double.Epsilon, double.MaxValue) is { } factor
            ? new DynamicNtkScaling(geometry, factor)
            : (RopeScaling)new NoScaling(geometry);
        return new RopeConfig(scaling, geometry, window, []);
    }

    /// <summary>Refuses the variants that the published code has beside the published models.</summary>
    private static void RequireKnown(ConfigFields fields, string file)
    {
        foreach (var key in (string[])["rotary_emb_interleaved", "prenorm", "use_rms_norm", "parallel_block", "mlp_fc1_bias", "mlp_fc2_bias"])
        {
            if (fields.OptionalBool(key) == true)
            {
                throw new UnsupportedCheckpointException(file, key, "true", "false, as the published models have it");
            }
        }

        if (fields.OptionalString("activation_function") is { } name && name is not ("swiglu" or "silu"))
        {
            throw new UnsupportedCheckpointException(file, "activation_function", $"\"{Printable.OneLine(name, 60)}\"", "swiglu");
        }

        if (fields.OptionalInt("moe_every_n_layers", 0, 4096) is > 0 and var every)
        {
            throw new UnsupportedCheckpointException(file, "moe_every_n_layers", $"{every}", "one feed-forward network a layer");
        }
    }
}
