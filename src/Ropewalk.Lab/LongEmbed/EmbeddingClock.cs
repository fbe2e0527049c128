using System.Diagnostics;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>Turns texts done into a share of the job and a time left.</summary>
/// <param name="planned">Work of the whole job.</param>
/// <param name="reporter">Hears it.</param>
internal sealed class EmbeddingClock(double planned, IJobReporter reporter)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private double _planned = planned;
    private double _done;
    private long _tokens;

    /// <summary>What the job does now.</summary>
    public string Stage { get; set; } = "";

    /// <summary>Seconds since the job began.</summary>
    public double Elapsed => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Work that the records had: no longer part of the plan.</summary>
    public void Skip(double work) => _planned -= work;

    /// <summary>Work was done.</summary>
    public void Add(double work, long tokens)
    {
        (_done, _tokens) = (_done + work, _tokens + tokens);
        var elapsed = Elapsed;
        var share = Math.Clamp(_done / Math.Max(_planned, 1), 1e-6, 0.999);
        reporter.Live(new JobProgress(Stage, share, _tokens / Math.Max(elapsed, 1e-3), TimeSpan.FromSeconds(Math.Min(elapsed / share * (1 - share), 1e8))));
    }
}
