namespace Ropewalk.Lab.Runs;

/// <summary>A curve in one line of text.</summary>
public static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>Positive numbers on a logarithmic scale from 1 to the largest; of many, evenly spaced ones.</summary>
    /// <param name="values">The curve.</param>
    /// <param name="width">Characters at most.</param>
    public static string OfFactors(IReadOnlyList<double> values, int width = 24)
    {
        var top = Math.Log(Math.Max(values.Max(), 1.0001));
        return string.Concat(Enumerable.Range(0, Math.Min(width, values.Count)).Select(i =>
        {
            var value = Math.Log(Math.Max(values[(int)((long)i * values.Count / Math.Min(width, values.Count))], 1));
            return Levels[Math.Clamp((int)(value / top * Levels.Length), 0, Levels.Length - 1)];
        }));
    }
}
