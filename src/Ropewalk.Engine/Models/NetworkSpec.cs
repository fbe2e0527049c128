using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Engine.Models;

/// <summary>What a decoder or an encoder computes: everything about the network but its weights.</summary>
internal sealed record NetworkSpec
{
    /// <summary>Sizes.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Rotary encoding of the layers with full attention: the one that is extended.</summary>
    public required RopeConfig Rope { get; init; }

    /// <summary>Rotary encoding of the windowed layers where it is another; it never changes.</summary>
    public RopeConfig? LocalRope { get; init; }

    /// <summary>Added to the mean square or the variance.</summary>
    public required float Epsilon { get; init; }

    /// <summary>LayerNorm with a bias instead of RMSNorm.</summary>
    public bool UsesLayerNorm { get; init; }

    /// <summary>Whether a LayerNorm has a bias.</summary>
    public bool NormBias { get; init; } = true;

    /// <summary>Added to the stored scales of all norms: 1 where a scale of zero means "as it is".</summary>
    public float NormOffset { get; init; }

    /// <summary>Middle of the feed-forward network.</summary>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Whether the activation gates a second projection.</summary>
    public bool IsGated { get; init; } = true;

    /// <summary>Whether attention and feed-forward network both read the layer's input and are added together.</summary>
    public bool IsParallel { get; init; }

    /// <summary>Biases of queries, keys and values.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Bias of attention's output projection.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Biases of the feed-forward network.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Whether the head is the embedding.</summary>
    public bool TieEmbedding { get; init; }

    /// <summary>Factor of the embedded rows.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Factor of the scores.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>For each layer: how many tokens back a query sees, itself included; 0 for all.</summary>
    public required int[] Windows { get; init; }

    /// <summary>What encoders have beyond that; null for models that predict the next token.</summary>
    public EncoderSpec? Encoder { get; init; }
}
