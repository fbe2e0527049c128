using System.Globalization;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>GGUF's names of tensors, the same for all architectures.</summary>
internal static class GgufNames
{
    /// <summary>One divisor of the angle for each rotary pair, f32.</summary>
    public const string RopeFreqs = "rope_freqs.weight";

    /// <summary>LongRoPE's factors past the original context, f32.</summary>
    public const string RopeFactorsLong = "rope_factors_long.weight";

    /// <summary>LongRoPE's factors within the original context, f32.</summary>
    public const string RopeFactorsShort = "rope_factors_short.weight";

    /// <summary>The full name of a tensor.</summary>
    public static string Of(TensorRole role, int layer, string suffix = ".weight")
    {
        var name = role switch
        {
            TensorRole.Embedding => "token_embd",
            TensorRole.PositionEmbedding => "position_embd",
            TensorRole.TokenTypeEmbedding => "token_types",
            TensorRole.EmbeddingNorm => "token_embd_norm",
            TensorRole.FinalNorm => "output_norm",
            TensorRole.Head => "output",
            TensorRole.AttentionNorm => "attn_norm",
            TensorRole.AttentionPostNorm => "post_attention_norm",
            TensorRole.FeedForwardNorm => "ffn_norm",
            TensorRole.FeedForwardPostNorm => "post_ffw_norm",
            TensorRole.AttentionSumNorm => "attn_output_norm",
            TensorRole.FeedForwardSumNorm => "layer_output_norm",
            TensorRole.Query => "attn_q",
            TensorRole.Key => "attn_k",
            TensorRole.Value => "attn_v",
            TensorRole.QueryKeyValue => "attn_qkv",
            TensorRole.AttentionOutput => "attn_output",
            TensorRole.QueryNorm => "attn_q_norm",
            TensorRole.KeyNorm => "attn_k_norm",
            TensorRole.Gate => "ffn_gate",
            TensorRole.Up or TensorRole.GateUp => "ffn_up",
            TensorRole.Down => "ffn_down",
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };
        return RequiredTensors.IsOfLayer(role) ? $"blk.{layer.ToString(CultureInfo.InvariantCulture)}.{name}{suffix}" : name + suffix;
    }
}
