namespace Ropewalk.Lab.Comparison;

/// <summary>A comparison as the object that result.json and --json hold.</summary>
public static class CompareRecord
{
    /// <summary>What result.json holds: nothing that differs from run to run, so that a continued comparison ends with the same bytes.</summary>
    public static IReadOnlyDictionary<string, object?> Of(CompareResult result) => Fields(result);

    /// <summary>What --json prints: the same, and how long it took.</summary>
    public static IReadOnlyDictionary<string, object?> WithTimes(CompareResult result)
    {
        var fields = Fields(result);
        fields["seconds"] = result.Seconds;
        fields["seconds_by_method"] = result.Methods.ToDictionary(m => m, result.SecondsOf, StringComparer.Ordinal);
        fields["out"] = result.Out;
        return fields;
    }

    private static Dictionary<string, object?> Fields(CompareResult result) => new(StringComparer.Ordinal)
    {
        ["model"] = result.Model.Name,
        ["architecture"] = result.Model.Architecture,
        ["parameters"] = result.Model.Parameters,
        ["original_context"] = result.Geometry.OriginalContext,
        ["target_context"] = result.AtTarget.Length,
        ["verdict"] = result.Verdict,
        ["best"] = result.AtTarget.Best.Cell.Method,
        ["lengths"] = result.Lengths.Select(l => new
        {
            l.Length,
            l.Windows,
            l.Best.Perplexity.Tokens,
            Bootstrap = l.BootstrapUnit,
            Methods = l.Rows.Select(Row),
        }),
        ["by_position"] = result.ByPosition.Select(c => new
        {
            c.Method,
            WorseThanWindowFrom = c.BreaksAt,
            Points = c.Points.Select(p => new
            {
                p.From,
                p.End,
                Perplexity = p.Perplexity.Value,
                Ci95 = new[] { p.Perplexity.Low, p.Perplexity.High },
                NatsAboveWindow = p.AboveWindow.Difference,
                NatsAboveWindowCi95 = new[] { p.AboveWindow.Low, p.AboveWindow.High },
            }),
        }),
        ["tuned"] = result.Tuned,
        ["protocol"] = result.Protocol,
        ["notes"] = result.Notes,
        ["version"] = result.Run.Version,
        ["seed"] = result.Run.Seed,
        ["window_stride"] = result.Run.WindowStride,
        ["inputs"] = result.Run.Inputs,
    };

    private static object Row(ComparedRow row) => new
    {
        row.Cell.Method,
        row.Cell.Spec,
        row.Standing,
        Perplexity = row.Perplexity.Value,
        row.Perplexity.Nll,
        Ci95 = new[] { row.Perplexity.Low, row.Perplexity.High },
        row.NllStandardError,
        row.BitsPerByte,
        NatsAboveBest = row.Difference,
        NatsAboveBestCi95 = new[] { row.Low, row.High },
    };
}
