namespace Ropewalk.Lab.Runs;

/// <summary>Where a long job says how it goes.</summary>
public interface IJobReporter
{
    /// <summary>A lasting line.</summary>
    void Line(string text);

    /// <summary>The live line; called from any thread, as often as windows are done.</summary>
    void Live(JobProgress progress);
}
