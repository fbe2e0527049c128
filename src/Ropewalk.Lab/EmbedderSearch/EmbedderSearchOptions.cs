using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>What a person asks of <c>search --objective retrieval</c>. Lengths are tokens.</summary>
public sealed record EmbedderSearchOptions
{
    /// <summary>Name of the objective.</summary>
    public const string Objective = "retrieval";

    /// <summary>An embedder's folder or GGUF file.</summary>
    public required string Model { get; init; }

    /// <summary>Target window L'.</summary>
    public required int TargetContext { get; init; }

    /// <summary>File of pairs; null where they are made of <see cref="Texts"/>.</summary>
    public string? Pairs { get; init; }

    /// <summary>Text files of which pairs are made.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Share of the made pairs that are questions with the text that holds the answer.</summary>
    public double RecallPairs { get; init; } = 0.5;

    /// <summary>Put before each query.</summary>
    public string QueryPrefix { get; init; } = "";

    /// <summary>Put before each document.</summary>
    public string DocumentPrefix { get; init; } = "";

    /// <summary>How rows become a vector, where the model does not say it.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>How to search.</summary>
    public SearchChoices Search { get; init; } = new();

    /// <summary>Population P.</summary>
    public int Population { get; init; } = 64;

    /// <summary>Iterations T.</summary>
    public int Iterations { get; init; } = 40;

    /// <summary>Groups of pairs, each of which is a window of the search.</summary>
    public int Windows { get; init; } = 5;

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>"su", "yarn" or a number.</summary>
    public string AttentionFactor { get; init; } = "su";
}
