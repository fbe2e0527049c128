namespace Ropewalk.Cli;

/// <summary>A curve as lines of text.</summary>
internal static class TextPlot
{
    private const int Width = 72;
    private const int Height = 12;

    /// <summary>A value that holds until the next point, as the best so far does.</summary>
    /// <param name="points">Ascending in x, at least one; what is not finite is left out.</param>
    /// <param name="lastX">Where the axis ends.</param>
    public static IEnumerable<string> Steps(IReadOnlyList<(double X, double Y)> points, double lastX)
    {
        points = [.. points.Where(p => double.IsFinite(p.Y))];
        if (points.Count == 0)
        {
            return ["  nothing finite yet"];
        }

        var (low, high) = (points.Min(p => p.Y), points.Max(p => p.Y));
        var firstX = points[0].X;
        var rows = Enumerable.Range(0, Height).Select(_ => new string(' ', Width).ToCharArray()).ToArray();
        var before = -1;
        for (var column = 0; column < Width; column++)
        {
            var x = firstX + ((lastX - firstX) * column / (Width - 1));
            var y = points.Last(p => p.X <= x + 1e-9).Y;
            var row = high > low ? (int)Math.Round((high - y) / (high - low) * (Height - 1)) : Height - 1;
            for (var r = before < 0 ? row : before; r < row; r++)
            {
                rows[r][column] = '│';
            }

            rows[row][column] = before >= 0 && before < row ? '└' : '─';
            if (before >= 0 && before < row)
            {
                rows[before][column] = '┐';
            }

            before = row;
        }

        return
        [
            .. rows.Select((r, i) => $"{(i == 0 ? $"{high:F4}" : i == Height - 1 ? $"{low:F4}" : ""),12} ┤{new string(r)}"),
            $"{"",12} └{new string('─', Width)}",
            $"{"",12}  {$"{firstX:N0}",-Width / 2}{$"{lastX:N0}",Width / 2}",
        ];
    }
}
