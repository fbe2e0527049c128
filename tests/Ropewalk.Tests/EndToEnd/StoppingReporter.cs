using Ropewalk.Lab.Runs;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>Asks a job to stop when it has told of so much progress.</summary>
/// <param name="after">Live messages; 0 for never.</param>
/// <param name="stop">What is asked with.</param>
internal sealed class StoppingReporter(int after, CancellationTokenSource stop) : IJobReporter
{
    private int _count;

    public void Line(string text)
    {
        // Only work counts: what was recorded is told again by a job that is continued.
    }

    public void Live(JobProgress progress)
    {
        if (Interlocked.Increment(ref _count) == after)
        {
            stop.Cancel();
        }
    }

    /// <summary>Runs a job and continues it, again and again, until it is done.</summary>
    /// <param name="every">It is stopped after so many messages; a little later each time, so that it ends.</param>
    /// <param name="run">Begins it, or continues it where its first argument says so.</param>
    /// <returns>How often it was stopped.</returns>
    public static int RunWithStops(int every, Action<bool, IJobReporter, CancellationToken> run)
    {
        for (var stops = 0; ; stops++)
        {
            using var stop = new CancellationTokenSource();
            try
            {
                run(stops > 0, new StoppingReporter(every * (stops + 1), stop), stop.Token);
                return stops;
            }
            catch (RunStoppedException)
            {
                Assert.True(every > 0 && stops < 200);
            }
        }
    }
}
