using System.Diagnostics;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli;

/// <summary>Progress through texts: share, speed and time left.</summary>
internal sealed class ByteClock(ConsoleReporter reporter, long? total)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _done;

    /// <summary>Shows where the reading is.</summary>
    public void Show(string name, long bytesOfText)
    {
        var bytes = _done + bytesOfText;
        var seconds = Math.Max(1e-9, Stopwatch.GetElapsedTime(_start).TotalSeconds);
        var share = total is > 0 ? $"{100d * bytes / total.Value,5:F1} %  " : "";
        var left = total is > 0 && bytes > 0 ? $"  {Display.Duration(Math.Max(0, total.Value - bytes) * seconds / bytes)} left" : "";
        reporter.Live($"{share}{bytes / 1e6:N1} MB  {bytes / 1e6 / seconds:N1} MB/s{left}  {Printable.OneLine(name, 80)}");
    }

    /// <summary>A text is done.</summary>
    public void Next(long bytes) => _done += bytes;
}
