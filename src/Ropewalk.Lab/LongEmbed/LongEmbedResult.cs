using Ropewalk.Engine.Models;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>A finished run.</summary>
public sealed record LongEmbedResult
{
    /// <summary>What was asked, with what was decided.</summary>
    public required LongEmbedOptions Options { get; init; }

    /// <summary>Output folder.</summary>
    public required string Out { get; init; }

    /// <summary>The command as it was typed.</summary>
    public required string CommandLine { get; init; }

    /// <summary>The model.</summary>
    public required EmbedderFacts Model { get; init; }

    /// <summary>Rows of the table.</summary>
    public required IReadOnlyList<EmbedderMethod> Methods { get; init; }

    /// <summary>Columns of the table.</summary>
    public required IReadOnlyList<TaskResult> Tasks { get; init; }

    /// <summary>Tokens through the model, whether now or before.</summary>
    public required long TokensEvaluated { get; init; }

    /// <summary>Things that a reader must know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Seconds of each method and task that was measured now, whole; what the records had is not in it.</summary>
    public required IReadOnlyDictionary<(string Method, string Task), double> Seconds { get; init; }

    /// <summary>Seconds of this process's work.</summary>
    public required double Elapsed { get; init; }

    /// <summary>Mean of a method's scores over all tasks.</summary>
    public double Average(string method) => Tasks.Average(t => t.Scores.First(s => s.Method == method).Score);
}

/// <summary>What tables say about an embedder.</summary>
/// <param name="Name">Folder's or file's name.</param>
/// <param name="Architecture">model_type.</param>
/// <param name="Parameters">Numbers in all weights.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Positions">"learned" or "rotary".</param>
/// <param name="IsCausal">Whether a token sees only those before it.</param>
/// <param name="Pooling">How rows become a vector.</param>
/// <param name="Window">L, from which methods count.</param>
/// <param name="MaxTokens">Tokens of the longest text of the model as it is.</param>
/// <param name="QueryPrompt">Before each query.</param>
/// <param name="DocumentPrompt">Before each document.</param>
public sealed record EmbedderFacts(
    string Name, string Architecture, long Parameters, ModelShape Shape, string Positions, bool IsCausal, string Pooling, int Window, int MaxTokens, string QueryPrompt, string DocumentPrompt);
