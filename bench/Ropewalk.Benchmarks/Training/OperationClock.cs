using System.Diagnostics;
using Ropewalk.Engine.Training;

namespace Ropewalk.Benchmarks.Training;

/// <summary>Seconds of one step by operation; products by the last part of their weight's name.</summary>
internal sealed class OperationClock : ITapeListener
{
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Seconds there and back, in the order in which operations came first.</summary>
    public OrderedDictionary<string, (double There, double Back)> Seconds { get; } = [];

    /// <summary>Seconds of everything.</summary>
    public double Whole => Seconds.Values.Sum(s => s.There + s.Back);

    /// <summary>The name of the row of an operation.</summary>
    public static string RowOf(Operation operation) => operation.Weight?.Split('.')[^2] ?? operation.Name;

    /// <inheritdoc />
    public void Ended(Operation operation, bool isBack)
    {
        var now = Stopwatch.GetTimestamp();
        var seconds = Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        var (there, back) = Seconds.GetValueOrDefault(RowOf(operation));
        Seconds[RowOf(operation)] = isBack ? (there, back + seconds) : (there + seconds, back);
    }

    /// <summary>Runs what is no operation of a tape.</summary>
    public T Part<T>(string name, Func<T> part)
    {
        var result = part();
        Ended(new Operation(name), isBack: false);
        return result;
    }
}
