using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Studies;

/// <summary>A study of tuning as the object that result.json and --json hold: nothing in it differs between equal runs.</summary>
public static class TuningStudyRecord
{
    /// <summary>The object.</summary>
    public static object Of(TuningStudyResult result) => new
    {
        result.Model,
        result.OriginalContext,
        result.Scaling,
        Windows = result.Tables.Select(t => new
        {
            t.Length,
            Window = Measured(t.Window),
            FirstTokensBelowWindow = t.FirstBelow,
            FirstTokensProvenBelowWindow = t.FirstProven,
            Rows = t.Rows.Select(r => new
            {
                r.Tokens,
                r.Steps,
                Extended = Measured(r.Extended),
                PerplexityAtOriginalContext = r.AtOriginal.Value,
                NatsAgainstWindow = r.AgainstWindow.Difference,
                NatsAgainstWindowCi95 = new[] { r.AgainstWindow.Low, r.AgainstWindow.High },
                Control = r.Control is null ? null : Measured(r.Control),
                NatsAgainstControl = r.AgainstControl?.Difference,
                NatsAgainstControlCi95 = r.AgainstControl is { } c ? new[] { c.Low, c.High } : null,
            }),
        }),
        result.Protocol,
        result.Bootstrap,
        result.TokensEvaluated,
    };

    private static object Measured(MethodResult m) => new { m.Spec, Perplexity = m.Perplexity.Value, m.Perplexity.Nll, Ci95 = new[] { m.Perplexity.Low, m.Perplexity.High }, m.BitsPerByte, m.Perplexity.Tokens };
}
