namespace Ropewalk.Lab.Runs;

/// <summary>A job was stopped by its user, and can be continued.</summary>
/// <param name="resumeCommand">The command that does.</param>
public sealed class RunStoppedException(string resumeCommand) : OperationCanceledException($"stopped; what was recorded so far is kept, and this continues: {resumeCommand}")
{
    /// <summary>The command that continues.</summary>
    public string ResumeCommand { get; } = resumeCommand;
}
