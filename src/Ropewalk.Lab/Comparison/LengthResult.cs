using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Comparison;

/// <summary>All methods at one length, the best first.</summary>
/// <param name="Length">Tokens of a window.</param>
/// <param name="Windows">How many.</param>
/// <param name="BootstrapUnit">What the intervals resample.</param>
/// <param name="Rows">The methods by rising loss.</param>
public sealed record LengthResult(int Length, int Windows, string BootstrapUnit, IReadOnlyList<ComparedRow> Rows)
{
    /// <summary>The best.</summary>
    public ComparedRow Best => Rows[0];

    /// <summary>Those that the text cannot tell from the best.</summary>
    public IEnumerable<ComparedRow> Tied => Rows.Where(r => r.Standing == Standing.Tied);

    /// <summary>A method's row, or null where it was not measured at this length.</summary>
    public ComparedRow? Of(string method) => Rows.FirstOrDefault(r => r.Cell.Method == method);

    /// <summary>Ranks the cells of a length by the paired bootstrap.</summary>
    /// <param name="cells">At least one, all of this length.</param>
    /// <param name="bootstrap">The resamples that they share.</param>
    /// <param name="windows">Windows.</param>
    public static LengthResult Rank(IReadOnlyList<ComparedCell> cells, Bootstrap bootstrap, int windows)
    {
        var measured = cells.Select(c => (Cell: c, Perplexity: bootstrap.Measure(c.UnitNll)))
            .OrderBy(c => double.IsFinite(c.Perplexity.Nll) ? c.Perplexity.Nll : double.PositiveInfinity).ToList();
        var best = measured[0].Cell;
        return new LengthResult(cells[0].Length, windows, bootstrap.Unit, [.. measured.Select((m, i) =>
        {
            var (difference, low, high) = bootstrap.Compare(m.Cell.UnitNll, best.UnitNll);
            var standing = i == 0 ? Standing.Best : low <= 0 && high >= 0 ? Standing.Tied : Standing.Worse;
            return new ComparedRow(m.Cell, m.Perplexity, difference, low, high, bootstrap.StandardError(m.Cell.UnitNll), standing);
        })]);
    }
}

/// <summary>One method at one length, all windows together.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Spec">The method in force, with its numbers for this length.</param>
/// <param name="Length">Tokens of a window.</param>
/// <param name="BytesOfText">What its scored tokens stand for.</param>
/// <param name="UnitNll">Summed losses of each unit of the bootstrap, nats.</param>
public sealed record ComparedCell(string Method, string Spec, int Length, long BytesOfText, double[] UnitNll);

/// <summary>A method at a length, against the best there.</summary>
/// <param name="Cell">What was measured.</param>
/// <param name="Perplexity">With its interval.</param>
/// <param name="Difference">Loss above the best's, nats a token.</param>
/// <param name="Low">Lower end of its paired 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="NllStandardError">Of the mean loss, nats.</param>
/// <param name="Standing">Best, tied or worse.</param>
public sealed record ComparedRow(
    ComparedCell Cell, Perplexity Perplexity, double Difference, double Low, double High, double NllStandardError, Standing Standing)
{
    /// <summary>Mean loss per byte of text.</summary>
    public double BitsPerByte => Perplexity.Nll * Perplexity.Tokens / (Math.Log(2) * Cell.BytesOfText);
}

/// <summary>Where a method stands at a length.</summary>
public enum Standing
{
    /// <summary>The lowest loss.</summary>
    Best,

    /// <summary>The paired interval of its difference to the best includes 0.</summary>
    Tied,

    /// <summary>Its loss is above the best's.</summary>
    Worse,
}
