using System.Text;

namespace Ropewalk.Cli;

/// <summary>A loss curve in characters: a column is the mean of a stretch of steps.</summary>
internal static class LossCurve
{
    private const int Columns = 64;
    private const int Lines = 12;

    /// <summary>Lines of text.</summary>
    public static IEnumerable<string> Draw(IReadOnlyList<double> losses)
    {
        var columns = Math.Min(Columns, losses.Count);
        var means = Enumerable.Range(0, columns).Select(c =>
        {
            var (first, end) = ((int)((long)c * losses.Count / columns), (int)((c + 1L) * losses.Count / columns));
            return losses.Skip(first).Take(end - first).Average();
        }).ToArray();
        var (low, high) = (means.Min(), means.Max());
        var rows = means.Select(m => high > low ? (int)Math.Round((m - low) / (high - low) * (Lines - 1)) : 0).ToArray();
        for (var line = Lines - 1; line >= 0; line--)
        {
            var text = new StringBuilder(line == Lines - 1 ? $"{high,8:F3} |" : line == 0 ? $"{low,8:F3} |" : "         |");
            foreach (var row in rows)
            {
                text.Append(row == line ? '*' : ' ');
            }

            yield return text.ToString().TrimEnd();
        }

        yield return $"         +{new string('-', columns)}";
        yield return $"          step 1{new string(' ', Math.Max(1, columns - 6 - $"{losses.Count}".Length))}{losses.Count}";
    }
}
