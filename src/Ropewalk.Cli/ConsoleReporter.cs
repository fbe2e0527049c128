using System.Diagnostics;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli;

/// <summary>Progress on standard error: one line that is rewritten in a terminal, a line now and then in a log.</summary>
internal sealed class ConsoleReporter(TextWriter error, bool isTerminal) : IJobReporter
{
    private readonly Lock _gate = new();
    private long _last;
    private int _width;
    private string _stage = "";

    /// <inheritdoc />
    public void Line(string text)
    {
        lock (_gate)
        {
            Clear();
            error.WriteLine(text);
        }
    }

    /// <inheritdoc />
    public void Live(JobProgress progress)
    {
        lock (_gate)
        {
            var interval = isTerminal ? 0.2 : 15;
            if (_last != 0 && Stopwatch.GetElapsedTime(_last).TotalSeconds < interval && (isTerminal || progress.Stage == _stage || progress.Stage.StartsWith("search", StringComparison.Ordinal) || progress.Stage.Contains("step ", StringComparison.Ordinal)))
            {
                return;
            }

            _last = Stopwatch.GetTimestamp();
            _stage = progress.Stage;

            // What a narrow terminal cuts off is the end: the stage may be long, with a curve as its last part.
            Show($"{100 * progress.Done,5:F1} %  {progress.TokensPerSecond:N0} tokens/s  {Display.Duration(progress.TimeLeft.TotalSeconds)} left  {progress.Stage}");
        }
    }

    /// <summary>A live line of another kind; shown as often as <see cref="Live(JobProgress)"/>, and not at once in a log.</summary>
    public void Live(string text)
    {
        lock (_gate)
        {
            if (_last == 0 && !isTerminal)
            {
                _last = Stopwatch.GetTimestamp();
            }
            else if (_last == 0 || Stopwatch.GetElapsedTime(_last).TotalSeconds >= (isTerminal ? 0.2 : 15))
            {
                _last = Stopwatch.GetTimestamp();
                Show(text);
            }
        }
    }

    /// <summary>Ends the live line.</summary>
    public void Clear()
    {
        if (_width > 0)
        {
            error.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    private void Show(string text)
    {
        if (isTerminal)
        {
            text = text.Length < Width() ? text : text[..(Width() - 1)];
            error.Write("\r" + text.PadRight(_width));
            _width = text.Length;
        }
        else
        {
            error.WriteLine(text);
        }
    }

    private static int Width()
    {
        try
        {
            return Math.Max(40, Console.WindowWidth);
        }
        catch (IOException)
        {
            return 120;
        }
    }
}
