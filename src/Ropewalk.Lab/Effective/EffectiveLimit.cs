namespace Ropewalk.Lab.Effective;

/// <summary>How far a window reaches by one measure, in tokens.</summary>
/// <param name="Low">Lower end of the 95 % interval: up to here the window is shown to hold.</param>
/// <param name="Value">What was measured.</param>
/// <param name="High">Upper end: beyond it the window is shown not to hold. The longest length measured, where that was not found.</param>
public sealed record EffectiveLimit(int Low, int Value, int High)
{
    /// <summary>The shorter one of each.</summary>
    public static EffectiveLimit Least(EffectiveLimit a, EffectiveLimit b) => new(Math.Min(a.Low, b.Low), Math.Min(a.Value, b.Value), Math.Min(a.High, b.High));

    /// <summary>The last length before the first one that fails; the first length is the window that all are compared with.</summary>
    /// <param name="original">L, which holds by definition.</param>
    /// <param name="steps">Longer lengths, ascending, and whether each holds.</param>
    internal static int Last(int original, IEnumerable<(int Length, bool Holds)> steps) =>
        steps.TakeWhile(s => s.Holds).Select(s => s.Length).DefaultIfEmpty(original).Last();
}
