using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>Perplexity against absolute position in the terminal: a line of bars for each method, and where it breaks.</summary>
internal static class PositionTable
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    public static void Write(IAnsiConsole console, CompareResult result)
    {
        var curves = result.AtTarget.Rows.Select(r => result.ByPosition.First(c => c.Method == r.Cell.Method)).ToList();
        var values = curves.SelectMany(c => c.Points).Select(p => p.Perplexity.Nll).Where(double.IsFinite).ToList();
        var (low, high) = values.Count > 0 ? (values.Min(), values.Max()) : (0, 0);
        var points = curves[0].Points;
        int[] shown = [.. new[] { 0, points.Count / 4, points.Count / 2, points.Count - 1 }.Distinct()];
        var table = new Table
        {
            Border = TableBorder.Simple,
            Title = new TableTitle($"Perplexity by position in windows of {Display.Length(result.AtTarget.Length)} tokens (bars: {points.Count} stretches, {Math.Exp(low):F2} to {Math.Exp(high):F2}, logarithmic)"),
        };
        table.AddColumn("method");
        table.AddColumn("curve");
        foreach (var i in shown)
        {
            table.AddColumn(new TableColumn($"{Display.Length(points[i].From)}..{Display.Length(points[i].End)}").RightAligned());
        }

        table.AddColumn(new TableColumn("95 % of the last").RightAligned());
        table.AddColumn(new TableColumn("worse than window from").RightAligned());
        foreach (var curve in curves)
        {
            var last = curve.Points[^1].Perplexity;
            table.AddRow(
            [
                Markup.Escape(curve.Method),
                string.Concat(curve.Points.Select(p => Bar(p.Perplexity.Nll, low, high))),
                .. shown.Select(i => $"{curve.Points[i].Perplexity.Value:F3}"),
                $"{last.Low:F3} .. {last.High:F3}",
                curve.BreaksAt is { } position ? Display.Length(position) : "-",
            ]);
        }

        console.Write(table);
    }

    private static char Bar(double value, double low, double high) =>
        !double.IsFinite(value) ? '?' : Bars[high > low ? (int)Math.Clamp((value - low) / (high - low) * Bars.Length, 0, Bars.Length - 1) : 0];
}
