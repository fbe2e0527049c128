using System.Text;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Runs;

/// <summary>A chart as a file of its own, with the report's style sheet in it, light or dark as the reader's screen is.</summary>
internal static class SvgFile
{
    private const string OwnStyle = "svg { background: var(--bg); color: var(--fg); font-family: system-ui, \"Liberation Sans\", \"DejaVu Sans\", sans-serif; margin: 0; }";

    /// <summary>The file's text.</summary>
    /// <exception cref="ArgumentException">The chart has nothing to draw.</exception>
    public static string Render(Chart chart)
    {
        const string Start = "<svg ";
        var drawing = SvgChart.Draw(chart);
        if (!drawing.StartsWith(Start, StringComparison.Ordinal))
        {
            throw new ArgumentException("nothing to draw", nameof(chart));
        }

        var afterTag = drawing.IndexOf('>', StringComparison.Ordinal) + 1;
        return new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" ")
            .Append(drawing.AsSpan(Start.Length, afterTag - Start.Length))
            .Append("\n<style>\n").Append(HtmlText.Escape(HtmlReport.StyleSheet)).Append('\n').Append(OwnStyle).Append("\n</style>")
            .Append(drawing.AsSpan(afterTag))
            .ToString();
    }

    /// <summary>Writes it beside its place and renames it; nothing where there is nothing to draw.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public static void Save(string path, Chart chart)
    {
        if (chart.Series.Any(s => s.Points.Any(p => ChartScale.Usable(chart.XKind, p.X) && ChartScale.Usable(chart.YKind, p.Y))))
        {
            AtomicFile.WriteAllText(path, Render(chart));
        }
    }
}
