using System.Diagnostics;

namespace Ropewalk.Benchmarks;

/// <summary>Times of calls.</summary>
internal static class Clock
{
    /// <summary>Seconds of one call.</summary>
    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds of the shortest call among as many as fit into <paramref name="budget"/> seconds: what else the machine does only ever adds.</summary>
    public static double Best(double budget, Action action)
    {
        var best = double.PositiveInfinity;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < budget;)
        {
            best = Math.Min(best, Seconds(action));
        }

        return best;
    }

    /// <summary>Seconds of a call on average, over calls that take <paramref name="budget"/> seconds together: to stand beside one long call.</summary>
    public static double Mean(double budget, Action action)
    {
        var calls = 0;
        var start = Stopwatch.GetTimestamp();
        double elapsed;
        do
        {
            action();
            calls++;
            elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (elapsed < budget);
        return elapsed / calls;
    }

    /// <summary>The shortest of each action's calls, taken in turns, so that a busy while of the machine falls on all of them.</summary>
    public static double[] BestInTurns(int rounds, params Action[] actions)
    {
        var best = actions.Select(_ => double.PositiveInfinity).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < actions.Length; i++)
            {
                best[i] = Math.Min(best[i], Seconds(actions[i]));
            }
        }

        return best;
    }
}
