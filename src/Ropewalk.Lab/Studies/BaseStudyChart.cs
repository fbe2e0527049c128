using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Studies;

/// <summary>The study's figure: perplexity by position for each base, and the limits that the laws predict.</summary>
internal static class BaseStudyChart
{
    private const int NumColours = 8;

    /// <summary>The chart.</summary>
    public static Chart Of(BaseStudyResult result) => new()
    {
        Id = "base",
        Title = $"How far a base reaches: {result.Model}, tuned at {Display.Length(result.TuneLength)} tokens",
        Description = "Perplexity of the second half of each length on held-out text, a line for each base that the model was tuned with; vertical lines are the limits that the scaling laws predict for bases above the critical one.",
        XLabel = "length (tokens); each point is the length's second half",
        YLabel = "perplexity on held-out text",
        XKind = ScaleKind.Log2,
        YKind = ScaleKind.Log10,
        Marks = [(result.TuneLength, "tuned"), .. result.Rows.Where(r => r.Prediction.Side == BaseSide.Above).Select(r => (r.Prediction.Limit, $"{r.Prediction.Base:N0}"))],
        Series =
        [
            Line("untouched", 0, MethodRole.Window, result.Untouched),
            .. result.Rows.Select((r, i) => Line($"base {r.Prediction.Base:N0}", r.Prediction.Side == BaseSide.Critical ? 0 : 1 + (i % (NumColours - 1)), r.Prediction.Side == BaseSide.Critical ? MethodRole.Winner : MethodRole.Tuned, r)),
        ],
    };

    private static ChartSeries Line(string name, int colour, MethodRole role, BaseStudyRow row) => new(
        name, colour, SeriesShape.Line, role, [.. row.ByLength.Zip(row.SecondHalves, (m, half) => new ChartPoint(m.Length, half, double.NaN, double.NaN, $"{name}, {Display.Length(m.Length)} tokens: {half:F4}"))]);
}
