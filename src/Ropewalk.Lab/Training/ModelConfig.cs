using System.Text.Json.Nodes;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>Sizes of a new model, and the config.json of a llama of these sizes.</summary>
public sealed record ModelConfig
{
    /// <summary>D.</summary>
    public required int Width { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>H.</summary>
    public required int Heads { get; init; }

    /// <summary>G.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>F.</summary>
    public required int FeedForward { get; init; }

    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>L.</summary>
    public required int Window { get; init; }

    /// <summary>Base of the rotary encoding.</summary>
    public double RopeBase { get; init; } = 10000;

    /// <summary>The token after each document.</summary>
    public required int EndToken { get; init; }

    /// <summary>config.json.</summary>
    /// <exception cref="UserInputException">The heads do not divide the width.</exception>
    public JsonObject ToJson() => Width % (2 * Heads) != 0
        ? throw new UserInputException($"--width: found {Width} with {Heads} heads, expected a multiple of {2 * Heads}: every head has pairs")
        : new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["hidden_size"] = Width,
            ["intermediate_size"] = FeedForward,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = KeyValueHeads,
            ["head_dim"] = Width / Heads,
            ["vocab_size"] = Vocabulary,
            ["max_position_embeddings"] = Window,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = RopeBase,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = true,
            ["attention_bias"] = false,
            ["mlp_bias"] = false,
            ["bos_token_id"] = EndToken,
            ["eos_token_id"] = EndToken,
            ["torch_dtype"] = "float32",
        };
}
