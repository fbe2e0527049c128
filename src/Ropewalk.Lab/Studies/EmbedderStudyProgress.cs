using System.Diagnostics;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Studies;

/// <summary>Turns the progress of runs one after the other into that of the study.</summary>
/// <param name="reporter">Hears it.</param>
/// <param name="planned">Seconds that all runs were estimated at.</param>
internal sealed class EmbedderStudyProgress(IJobReporter reporter, double planned) : IJobReporter
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private string _name = "";
    private double _done;
    private double _now;

    /// <summary>A run begins.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="seconds">That it was estimated at.</param>
    public void Begin(string name, double seconds)
    {
        _done += _now;
        (_name, _now) = (name, seconds);
    }

    /// <inheritdoc />
    public void Line(string text)
    {
        // What is said of one run, such as that there are no prompts, is true of the others too.
        if (_told.Add(text))
        {
            reporter.Line($"{_name}: {text}");
        }
    }

    /// <inheritdoc />
    public void Live(JobProgress progress)
    {
        var share = Math.Clamp((_done + (_now * progress.Done)) / Math.Max(planned, 1e-3), 1e-6, 0.999);
        var left = Stopwatch.GetElapsedTime(_start).TotalSeconds / share * (1 - share);
        reporter.Live(progress with { Stage = $"{_name}: {progress.Stage}", Done = share, TimeLeft = TimeSpan.FromSeconds(Math.Min(left, 1e8)) });
    }
}
