namespace Ropewalk.Lab.Evaluation;

/// <summary>One task's numbers for a file as lm-evaluation-harness writes it.</summary>
/// <param name="Task">Name of the task, e.g. "ropewalk_passkey_1024".</param>
/// <param name="Metrics">Name, value, standard error (null where it cannot be told), and whether higher is better.</param>
/// <param name="Samples">Prompts or documents that it was measured on.</param>
public sealed record LmEvalRow(string Task, IReadOnlyList<(string Metric, double Value, double? StandardError, bool HigherIsBetter)> Metrics, long Samples)
{
    /// <summary>What a table shows in place of the name.</summary>
    public string Alias { get; init; } = Task;

    /// <summary>How it was measured, beyond what the harness has keys for.</summary>
    public string? Protocol { get; init; }
}
