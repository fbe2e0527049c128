namespace Ropewalk.Positions.Plans;

/// <summary>What implementations of dual chunk attention multiply the logits of a query by beyond L tokens. They take the length of the
/// request for all its queries; here each query has that of the text up to it, so that the result does not depend on how a text is fed.</summary>
public enum DualChunkScale
{
    /// <summary>Nothing, as in the paper.</summary>
    None,

    /// <summary>ChunkLlama's: queries and keys by 0.05 ln(n/L) + 1 each, so a logit by its square.</summary>
    ChunkLlama,

    /// <summary>vLLM's for Qwen2.5-1M: queries by 0.1 ln(n/L) + 1.</summary>
    Qwen,
}
