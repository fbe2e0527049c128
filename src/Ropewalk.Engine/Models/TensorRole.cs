namespace Ropewalk.Engine.Models;

/// <summary>What a tensor does in a model. Each architecture gives its names for the roles that it has.</summary>
internal enum TensorRole
{
    /// <summary>Token embedding, [V, D].</summary>
    Embedding,

    /// <summary>Learned positions of an encoder, one row each.</summary>
    PositionEmbedding,

    /// <summary>Token types of an encoder; a text alone has the first.</summary>
    TokenTypeEmbedding,

    /// <summary>Norm of an encoder's embedded rows.</summary>
    EmbeddingNorm,

    /// <summary>Norm before the head.</summary>
    FinalNorm,

    /// <summary>Head, [V, D]; absent where it is the embedding.</summary>
    Head,

    /// <summary>Norm before attention.</summary>
    AttentionNorm,

    /// <summary>Norm of attention's output, before it is added.</summary>
    AttentionPostNorm,

    /// <summary>Norm before the feed-forward network.</summary>
    FeedForwardNorm,

    /// <summary>Norm of the feed-forward network's output, before it is added.</summary>
    FeedForwardPostNorm,

    /// <summary>Norm of the sum of attention's output and its input.</summary>
    AttentionSumNorm,

    /// <summary>Norm of the sum of the feed-forward network's output and its input.</summary>
    FeedForwardSumNorm,

    /// <summary>W_q, [H K, D].</summary>
    Query,

    /// <summary>W_k, [G K, D].</summary>
    Key,

    /// <summary>W_v, [G K, D].</summary>
    Value,

    /// <summary>The three in one, [(H + 2 G) K, D].</summary>
    QueryKeyValue,

    /// <summary>W_o, [D, H K].</summary>
    AttentionOutput,

    /// <summary>Norm of each query head, [K].</summary>
    QueryNorm,

    /// <summary>Norm of each key head, [K].</summary>
    KeyNorm,

    /// <summary>Gate of the feed-forward network, [F, D].</summary>
    Gate,

    /// <summary>Up projection, [F, D].</summary>
    Up,

    /// <summary>Gate over up in one, [2 F, D].</summary>
    GateUp,

    /// <summary>Down projection, [D, F].</summary>
    Down,
}
