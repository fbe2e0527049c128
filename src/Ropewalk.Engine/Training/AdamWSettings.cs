namespace Ropewalk.Engine.Training;

/// <summary>Constants of <see cref="AdamW"/>.</summary>
public sealed record AdamWSettings
{
    /// <summary>How much of the first moment stays.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the second moment stays.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Share of a weight that goes with each unit of learning rate; of matrices and embeddings alone.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Whether moments are kept as bfloat16, in half the memory, rounded up or down by chance so that small changes are not lost.</summary>
    public bool ShortMoments { get; init; }
}
