using System.Text;

namespace Ropewalk.Lab.Runs;

/// <summary>Draws a <see cref="Chart"/> as inline SVG: axes, grid, lines with markers and whiskers, and labels at the lines' ends.
/// Colours come from classes of the page's style sheet, so that dark mode needs no second drawing.</summary>
internal static class SvgChart
{
    private const double Width = 780;
    private const double Height = 400;
    private const double Left = 62;
    private const double Right = Width - 182;
    private const double Bottom = Height - 46;
    private const double LabelGap = 15;
    private const int MaxLabelCharacters = 24;
    private const int MaxDots = 1_500;
    private const int MaxMarkers = 40;
    private const double CharacterWidth = 6.2;

    /// <summary>The drawing, or a sentence where there is nothing to draw.</summary>
    public static string Draw(Chart chart)
    {
        var series = chart.Series
            .Select(s => s with { Points = [.. s.Points.Where(p => ChartScale.Usable(chart.XKind, p.X) && ChartScale.Usable(chart.YKind, p.Y))] })
            .Where(s => s.Points.Count > 0)
            .ToArray();
        if (series.Length == 0)
        {
            return "<p class=\"empty\">Nothing to draw: no finite values.</p>\n";
        }

        var top = chart.TopTicks.Count > 0 ? 62.0 : 34.0;
        var x = new ChartScale(chart.XKind, series.SelectMany(s => s.Points).Select(p => p.X), Left + 8, Right - 8, 0);
        var y = new ChartScale(
            chart.YKind, series.SelectMany(s => s.Points).SelectMany(p => new[] { p.Y, p.Low, p.High }), Bottom, top, 0.05);

        var svg = new StringBuilder();
        var (id, title, description) = (chart.Id, HtmlText.Escape(chart.Title), HtmlText.Escape(chart.Description));
        svg.Append($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n");
        svg.Append($"<title id=\"{id}-t\">{title}</title>\n<desc id=\"{id}-d\">{description}</desc>\n");
        Axes(svg, chart, x, y, top);
        foreach (var s in series)
        {
            svg.Append($"<g class=\"c{s.Colour} {RoleClass(s.Role)}\">\n");
            if (s.Shape == SeriesShape.Dots)
            {
                Dots(svg, s, x, y);
            }
            else
            {
                Line(svg, s, x, y);
            }

            svg.Append("</g>\n");
        }

        EndLabels(svg, series, x, y, top);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Axes(StringBuilder svg, Chart chart, ChartScale x, ChartScale y, double top)
    {
        svg.Append("<g class=\"axis\">\n");
        foreach (var tick in y.Ticks(7))
        {
            var at = C(y.At(tick));
            svg.Append($"<path class=\"grid\" d=\"M{C(Left)} {at}H{C(Right)}\"/>");
            Text(svg, Left - 8, y.At(tick) + 4, "end", HtmlText.Short(tick));
        }

        foreach (var tick in x.Ticks(9))
        {
            svg.Append($"<path d=\"M{C(x.At(tick))} {C(Bottom)}v5\"/>");
            Text(svg, x.At(tick), Bottom + 18, "middle", HtmlText.Short(tick));
        }

        svg.Append($"<path d=\"M{C(Left)} {C(Bottom)}H{C(Right)}\"/>\n");
        Text(svg, (Left + Right) / 2, Height - 8, "middle", chart.XLabel, "name");
        Text(svg, 8, 16, "start", chart.YLabel, "name");
        if (chart.TopTicks.Count > 0)
        {
            Text(svg, Right, 16, "end", chart.TopLabel, "name");
            svg.Append($"<path d=\"M{C(Left)} {C(top)}H{C(Right)}\"/>\n");
            var freeFrom = double.NegativeInfinity;
            foreach (var (value, label) in chart.TopTicks)
            {
                var half = label.Length * CharacterWidth / 2;
                if (x.At(value) - half >= freeFrom)
                {
                    svg.Append($"<path d=\"M{C(x.At(value))} {C(top)}v-5\"/>");
                    Text(svg, x.At(value), top - 10, "middle", label);
                    freeFrom = x.At(value) + half + 10;
                }
            }
        }

        foreach (var (value, label) in chart.Marks)
        {
            if (x.Contains(value))
            {
                svg.Append($"<path class=\"mark\" d=\"M{C(x.At(value))} {C(Bottom)}V{C(top)}\"/>");
                var before = x.At(value) > (Left + Right) / 2;
                Text(svg, x.At(value) + (before ? -5 : 5), top + 13, before ? "end" : "start", label, "marklabel");
            }
        }

        svg.Append("</g>\n");
    }

    private static void Line(StringBuilder svg, ChartSeries series, ChartScale x, ChartScale y)
    {
        var points = Thin(series.Points, x);
        var path = new StringBuilder();
        for (var i = 0; i < points.Count; i++)
        {
            var (px, py) = (C(x.At(points[i].X)), C(y.At(points[i].Y)));
            path.Append(i == 0 ? $"M{px} {py}" : series.Shape == SeriesShape.Steps ? $"H{px}V{py}" : $"L{px} {py}");
        }

        svg.Append($"<path class=\"line\" d=\"{path}\"><title>{HtmlText.Escape(series.Name)}</title></path>\n");
        if (points.Count > MaxMarkers || series.Role == MethodRole.Ghost)
        {
            return;
        }

        foreach (var point in points)
        {
            var (px, py) = (x.At(point.X), y.At(point.Y));
            if (y.Contains(point.Low) && y.Contains(point.High) && point.High > point.Low)
            {
                svg.Append($"<path class=\"ci\" d=\"M{C(px - 4)} {C(y.At(point.Low))}h8m-4 0V{C(y.At(point.High))}m-4 0h8\"/>");
            }

            svg.Append($"<path class=\"marker\" d=\"{Marker(series.Colour, px, py)}\"><title>{HtmlText.Escape(point.Tip)}</title></path>\n");
        }
    }

    private static void Dots(StringBuilder svg, ChartSeries series, ChartScale x, ChartScale y)
    {
        // One dot a cell of 2 by 2 pixels; a second one there would not be seen.
        var cells = new HashSet<(int, int)>();
        var seen = series.Points.Where(p => cells.Add(((int)(x.At(p.X) / 2), (int)(y.At(p.Y) / 2)))).ToArray();
        var stride = ((seen.Length - 1) / MaxDots) + 1;
        for (var i = 0; i < seen.Length; i += stride)
        {
            svg.Append($"<circle class=\"dot\" cx=\"{C(x.At(seen[i].X))}\" cy=\"{C(y.At(seen[i].Y))}\" r=\"2\"/>\n");
        }
    }

    /// <summary>Keeps, of each pixel column, the first, lowest, highest and last point: the line looks the same.</summary>
    private static List<ChartPoint> Thin(IReadOnlyList<ChartPoint> points, ChartScale x)
    {
        var kept = new List<ChartPoint>();
        for (var start = 0; start < points.Count;)
        {
            var end = start;
            var (lowest, highest) = (start, start);
            while (end < points.Count && (int)x.At(points[end].X) == (int)x.At(points[start].X))
            {
                lowest = points[end].Y < points[lowest].Y ? end : lowest;
                highest = points[end].Y > points[highest].Y ? end : highest;
                end++;
            }

            foreach (var i in new SortedSet<int> { start, lowest, highest, end - 1 })
            {
                kept.Add(points[i]);
            }

            start = end;
        }

        return kept;
    }

    /// <summary>Names at the right, each as near to its line's end as the others allow, with a thin leader.</summary>
    private static void EndLabels(StringBuilder svg, ChartSeries[] series, ChartScale x, ChartScale y, double top)
    {
        var named = series.Where(s => s.Shape != SeriesShape.Dots && s.Role != MethodRole.Ghost).OrderBy(s => y.At(s.Points[^1].Y)).ToArray();
        var gap = Math.Min(LabelGap, (Bottom - top) / Math.Max(1, named.Length));
        var at = new double[named.Length];
        for (var i = 0; i < named.Length; i++)
        {
            at[i] = Math.Max(y.At(named[i].Points[^1].Y), i == 0 ? top + 4 : at[i - 1] + gap);
        }

        // Whatever ran off below is pushed up again.
        for (var i = named.Length - 1; i >= 0; i--)
        {
            at[i] = Math.Min(at[i], i == named.Length - 1 ? Bottom - 4 : at[i + 1] - gap);
        }

        for (var i = 0; i < named.Length; i++)
        {
            var s = named[i];
            var (px, py) = (x.At(s.Points[^1].X), y.At(s.Points[^1].Y));
            var name = s.Name.Length > MaxLabelCharacters ? s.Name[..(MaxLabelCharacters - 3)] + "..." : s.Name;
            svg.Append($"<g class=\"c{s.Colour} {RoleClass(s.Role)}\">");
            svg.Append($"<path class=\"leader\" d=\"M{C(px + 6)} {C(py)}L{C(Right + 2)} {C(at[i])}h6\"/>");
            svg.Append($"<path class=\"marker\" d=\"{Marker(s.Colour, Right + 14, at[i])}\"/>");
            Text(svg, Right + 22, at[i] + 4, "start", name, "label");
            svg.Append("</g>\n");
        }
    }

    /// <summary>Shapes differ with the colours, for readers who see no colours.</summary>
    private static string Marker(int colour, double x, double y) => (colour == 0 ? 0 : 1 + ((colour - 1) % 4)) switch
    {
        0 => $"M{C(x - 4)} {C(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
        1 => $"M{C(x - 3.5)} {C(y - 3.5)}h7v7h-7Z",
        2 => $"M{C(x)} {C(y - 4.5)}l4.5 8h-9Z",
        3 => $"M{C(x)} {C(y + 4.5)}l4.5 -8h-9Z",
        _ => $"M{C(x)} {C(y - 5)}l4.5 5l-4.5 5l-4.5 -5Z",
    };

    private static string RoleClass(MethodRole role) => role switch
    {
        MethodRole.Winner => "winner",
        MethodRole.Window => "window",
        MethodRole.Tuned => "tuned",
        MethodRole.Ghost => "ghost",
        _ => "baseline",
    };

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string style = "tick") =>
        svg.Append($"<text class=\"{style}\" x=\"{C(x)}\" y=\"{C(y)}\" text-anchor=\"{anchor}\">{HtmlText.Escape(text)}</text>\n");

    private static string C(double value) => HtmlText.Coordinate(value);
}
