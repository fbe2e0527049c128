namespace Ropewalk.Positions.Plans;

/// <summary>The largest distance of dual chunk attention: the paper and all of its code differ by one.</summary>
public enum DualChunkVariant
{
    /// <summary>c, as in ChunkLlama and vLLM, which the published models were measured and trained with.</summary>
    Code,

    /// <summary>c - 1, as in the paper: no distance leaves a window of c tokens.</summary>
    Paper,
}
