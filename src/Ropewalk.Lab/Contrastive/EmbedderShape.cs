using System.Text.Json.Nodes;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Sizes of a new embedder, and its config.json: a bert, whose positions are learned, or a nomic_bert, whose positions are rotary. Of equal sizes the
/// two have as many weights but for the table of positions and the biases.</summary>
public sealed record EmbedderShape
{
    /// <summary>Name of the kind with a table of learned positions.</summary>
    public const string Absolute = "absolute";

    /// <summary>Name of the kind with rotary positions.</summary>
    public const string Rotary = "rotary";

    private const double Epsilon = 1e-6;

    /// <summary>absolute or rotary.</summary>
    public required string Kind { get; init; }

    /// <summary>D.</summary>
    public required int Width { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>H.</summary>
    public required int Heads { get; init; }

    /// <summary>F; null for 4 D of the one and 8/3 D of the other, which gates.</summary>
    public int? FeedForward { get; init; }

    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>L.</summary>
    public required int Window { get; init; }

    /// <summary>The token that fills up batches elsewhere; nothing is padded here.</summary>
    public required int PaddingToken { get; init; }

    /// <summary>config.json.</summary>
    /// <exception cref="UserInputException">The heads do not divide the width, or the kind is none of the two.</exception>
    public JsonObject ToJson() => Width % (2 * Heads) != 0
        ? throw new UserInputException($"--width: found {Width} with {Heads} heads, expected a multiple of {2 * Heads}: every head has pairs")
        : Kind switch
        {
            Absolute => Bert(),
            Rotary => Nomic(),
            _ => throw new UserInputException($"--embedder: found \"{Kind}\", expected {Absolute} or {Rotary}"),
        };

    private JsonObject Bert() => new()
    {
        ["architectures"] = new JsonArray("BertModel"),
        ["model_type"] = "bert",
        ["hidden_size"] = Width,
        ["intermediate_size"] = FeedForward ?? (4 * Width),
        ["num_hidden_layers"] = Layers,
        ["num_attention_heads"] = Heads,
        ["vocab_size"] = Vocabulary,
        ["max_position_embeddings"] = Window,
        ["type_vocab_size"] = 1,
        ["layer_norm_eps"] = Epsilon,
        ["hidden_act"] = "gelu",
        ["position_embedding_type"] = "absolute",
        ["attention_probs_dropout_prob"] = 0.0,
        ["hidden_dropout_prob"] = 0.0,
        ["pad_token_id"] = PaddingToken,
        ["torch_dtype"] = "float32",
    };

    private JsonObject Nomic() => new()
    {
        ["architectures"] = new JsonArray("NomicBertModel"),
        ["model_type"] = "nomic_bert",
        ["n_embd"] = Width,
        ["n_inner"] = FeedForward ?? (((Width * 8 / 3) + 7) / 8 * 8),
        ["n_layer"] = Layers,
        ["n_head"] = Heads,
        ["vocab_size"] = Vocabulary,
        ["n_positions"] = Window,
        ["max_trained_positions"] = Window,
        ["type_vocab_size"] = 1,
        ["layer_norm_epsilon"] = Epsilon,
        ["activation_function"] = "swiglu",
        ["rotary_emb_base"] = 10000,
        ["rotary_emb_fraction"] = 1.0,
        ["rotary_emb_interleaved"] = false,
        ["rotary_scaling_factor"] = null,
        ["qkv_proj_bias"] = false,
        ["mlp_fc1_bias"] = false,
        ["mlp_fc2_bias"] = false,
        ["prenorm"] = false,
        ["use_rms_norm"] = false,
        ["parallel_block"] = false,
        ["use_flash_attn"] = false,
        ["attn_pdrop"] = 0.0,
        ["embd_pdrop"] = 0.0,
        ["resid_pdrop"] = 0.0,
        ["pad_token_id"] = PaddingToken,
        ["torch_dtype"] = "float32",
    };
}
