namespace Ropewalk.Engine.Kernels;

/// <summary>One query head of one sequence in training: where its rows lie. Rows of queries, outputs and all gradients are
/// <see cref="StrideQueries"/> floats apart, those of keys and values <see cref="StrideKeys"/>.</summary>
internal sealed unsafe class TrainedHead
{
    /// <summary>T, and S: a sequence sees itself.</summary>
    public required int NumTokens { get; init; }

    /// <summary>K.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Floats from one query, output or gradient to the next.</summary>
    public required int StrideQueries { get; init; }

    /// <summary>Floats from one key or value to the next.</summary>
    public required int StrideKeys { get; init; }

    /// <summary>Queries by band.</summary>
    public required TrainedBand[] Bands { get; init; }

    /// <summary>First key of each set, turned.</summary>
    public required nint[] Keys { get; init; }

    /// <summary>First value.</summary>
    public required float* Values { get; init; }

    /// <summary>First output.</summary>
    public required float* Output { get; init; }

    /// <summary>For each query the logarithm to base 2 of the sum of its 2^score.</summary>
    public required float* LogSums { get; init; }

    /// <summary>Gradient of the outputs.</summary>
    public float* OutputGradient { get; init; }

    /// <summary>Where the gradients of each set's keys go; overwritten. Heads that share keys have a place each.</summary>
    public nint[] KeyGradients { get; init; } = [];

    /// <summary>Where the gradients of the values go; overwritten.</summary>
    public float* ValueGradients { get; init; }

    /// <summary>K rounded up to a multiple of 8.</summary>
    public int PaddedWidth => (HeadWidth + 7) / 8 * 8;

    /// <summary>K rounded up to what panels of columns take.</summary>
    public int PanelsWidth => (int)WeightGradient.PackedLength(1, HeadWidth);
}
