namespace Ropewalk.Engine.Models.Gguf;

/// <summary>What llama.cpp's graph of an architecture reads from a GGUF file. What it does not read must not be written: it would be
/// ignored without a word, or refused as a tensor too many.</summary>
/// <param name="Name">general.architecture.</param>
internal sealed record LlamaCppGraph(string Name)
{
    /// <summary>rope_freqs.weight: one divisor for each pair, at any length.</summary>
    public bool ReadsRopeFreqs { get; init; }

    /// <summary>rope_factors_long.weight and rope_factors_short.weight, chosen by the size of the context.</summary>
    public bool ReadsRopeFactors { get; init; }

    /// <summary>rope.dimension_count below the head width.</summary>
    public bool TurnsPartOfHead { get; init; }

    /// <summary>Heads whose widths do not add up to the model's.</summary>
    public bool TakesAnyHeadWidth { get; init; }

    /// <summary>attention.sliding_window.</summary>
    public bool ReadsWindow { get; init; }

    /// <summary>A file without a head, whose embedding is the head too.</summary>
    public bool TiesHead { get; init; } = true;

    /// <summary>A bias of attention's output projection.</summary>
    public bool ReadsOutputBias { get; init; }
}
