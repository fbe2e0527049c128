using System.Diagnostics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>How many units of work are done between two writes to the disk: one for each thread, and more while they take no time. It decides how
/// much a kill can cost, never a result.</summary>
internal sealed class Pace
{
    private const double ShortSeconds = 0.25;
    private int _size = WorkerPool.NumThreads;

    /// <summary>Does the next units.</summary>
    /// <param name="left">Units that are left.</param>
    /// <param name="work">Does so many.</param>
    public T Do<T>(int left, Func<int, T> work)
    {
        var start = Stopwatch.GetTimestamp();
        var result = work(Math.Min(left, _size));
        if (left >= _size && Stopwatch.GetElapsedTime(start).TotalSeconds < ShortSeconds)
        {
            _size *= 2;
        }

        return result;
    }
}
