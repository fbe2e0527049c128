using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Runs;

/// <summary>How jobs end before their end: with the command that continues them.</summary>
internal static class ResumableJob
{
    /// <summary>Runs a job whose records are open.</summary>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    /// <exception cref="StorageException">The disk is full; the reporter was told how to go on.</exception>
    public static T Run<T>(string resume, IJobReporter reporter, Func<T> body)
    {
        try
        {
            return body();
        }
        catch (OperationCanceledException e) when (e is not RunStoppedException)
        {
            throw new RunStoppedException(resume);
        }
        catch (StorageException)
        {
            reporter.Line($"once it can be written again, this continues: {resume}");
            throw;
        }
    }
}
