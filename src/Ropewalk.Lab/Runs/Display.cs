namespace Ropewalk.Lab.Runs;

/// <summary>Numbers as people read them.</summary>
public static class Display
{
    /// <summary>A number of tokens with separators.</summary>
    public static string Length(long tokens) => tokens.ToString("N0");

    /// <summary>A duration in its two largest units: "2 h 5 min", "3 min 20 s", "12 s".</summary>
    public static string Duration(double seconds) => seconds switch
    {
        >= 86_400 => $"{(int)(seconds / 86_400)} d {(int)(seconds % 86_400 / 3600)} h",
        >= 3600 => $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min",
        >= 60 => $"{(int)(seconds / 60)} min {(int)(seconds % 60)} s",
        _ => $"{Math.Max(0, Math.Ceiling(seconds)):0} s",
    };
}
