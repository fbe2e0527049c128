namespace Ropewalk.Lab.Contrastive;

/// <summary>What decides the numbers of a contrastive run beside those of every run.</summary>
public sealed record ContrastiveSettings
{
    /// <summary>Divides the cosines.</summary>
    public double Temperature { get; init; } = 0.01;

    /// <summary>Whether documents look for their queries as well.</summary>
    public bool Symmetric { get; init; }

    /// <summary>Texts that go through the model at once; where a batch has more, gradients are cached.</summary>
    public int Chunk { get; init; } = 64;

    /// <summary>Rows of a query's prompt that its mean leaves out, where the folder says so.</summary>
    public int SkippedOfQuery { get; init; }

    /// <summary>Rows of a document's prompt that its mean leaves out, where the folder says so.</summary>
    public int SkippedOfDocument { get; init; }

    /// <summary>Positions that short texts are spread over; 0 for none.</summary>
    public int SkipsTo { get; init; }
}
