using System.Diagnostics;

namespace Ropewalk.Lab.Runs;

/// <summary>Turns windows done into a share of the job and a time left: the plan's seconds, corrected by how the job has run so far.</summary>
public sealed class JobClock(CostModel cost, double plannedSeconds, IJobReporter reporter, Func<long> tokensEvaluated)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly long _firstTokens = tokensEvaluated();
    private double _done;
    private double _planned = plannedSeconds;

    /// <summary>Tokens of the job's longest window: what is read from the records with more of them is many windows.</summary>
    public int LongestWindow { get; init; } = int.MaxValue;

    /// <summary>What the job does now.</summary>
    public string Stage { get; set; } = "";

    /// <summary>Seconds since the job began.</summary>
    public double Elapsed => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>A window's losses were read from the records: that work is no longer part of the plan.</summary>
    public void WindowReplayed(long tokens)
    {
        lock (_gate)
        {
            var window = Math.Min(tokens, LongestWindow);
            _planned = Math.Max(0, _planned - (cost.Seconds(window) * tokens / window));
        }
    }

    /// <summary>A window was scored.</summary>
    public void WindowDone(int tokens)
    {
        lock (_gate)
        {
            _done += cost.Seconds(tokens);
            var elapsed = Elapsed;
            var share = Math.Min(0.999, _done / Math.Max(_planned, 1e-6));
            var left = elapsed / Math.Max(share, 1e-6) * (1 - share);
            reporter.Live(new JobProgress(Stage, share, (tokensEvaluated() - _firstTokens) / Math.Max(elapsed, 1e-3), TimeSpan.FromSeconds(Math.Min(left, 1e8))));
        }
    }
}
