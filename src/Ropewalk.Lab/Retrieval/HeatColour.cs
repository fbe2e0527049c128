using System.Runtime.InteropServices;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Colours of shares: orange for 0 over cream to blue for 1, which colour-blind readers can tell apart. Digits stand in every cell, so
/// that a map reads without colours too.</summary>
/// <param name="Background">As "rrggbb".</param>
/// <param name="Foreground">What reads on it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HeatColour(string Background, string Foreground)
{
    /// <summary>Steps between 0 and 1.</summary>
    public const int Steps = 10;

    private static readonly (double R, double G, double B)[] s_stops = [(0xC8, 0x50, 0x00), (0xF7, 0xEF, 0xDC), (0x00, 0x5C, 0x94)];

    /// <summary>Which of the <see cref="Steps"/> + 1 colours a share has.</summary>
    public static int Step(double share) => (int)Math.Round(Math.Clamp(share, 0, 1) * Steps);

    /// <summary>The colour of a step.</summary>
    public static HeatColour Of(int step)
    {
        var at = 2d * step / Steps;
        var first = Math.Min(1, (int)at);
        int Mix(Func<(double R, double G, double B), double> part) => (int)Math.Round(part(s_stops[first]) + ((at - first) * (part(s_stops[first + 1]) - part(s_stops[first]))));
        var (r, g, b) = (Mix(c => c.R), Mix(c => c.G), Mix(c => c.B));

        // Rec. 601 luma; white on the dark ends.
        return new HeatColour($"{r:x2}{g:x2}{b:x2}", (0.299 * r) + (0.587 * g) + (0.114 * b) < 140 ? "ffffff" : "000000");
    }
}
