namespace Ropewalk.Lab.Runs;

/// <summary>Says of which part of a longer job a message is. The part's share and time left are its own.</summary>
/// <param name="reporter">Hears it.</param>
/// <param name="name">The part.</param>
internal sealed class NamedReporter(IJobReporter reporter, string name) : IJobReporter
{
    /// <inheritdoc />
    public void Line(string text) => reporter.Line($"{name}: {text}");

    /// <inheritdoc />
    public void Live(JobProgress progress) => reporter.Live(progress with { Stage = $"{name}: {progress.Stage}" });
}
