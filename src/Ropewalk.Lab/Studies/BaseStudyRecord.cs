namespace Ropewalk.Lab.Studies;

/// <summary>A study of the base as the object that result.json and --json hold: nothing in it differs between equal runs.</summary>
public static class BaseStudyRecord
{
    /// <summary>The object.</summary>
    public static object Of(BaseStudyResult result) => new
    {
        result.Model,
        result.Geometry.OriginalContext,
        TrainedBase = result.Geometry.Base,
        result.TuneLength,
        result.Tokens,
        result.CriticalBase,
        Untouched = Row(result.Untouched),
        Bases = result.Rows.Select(Row),
        BaseStudyResult.Tolerance,
        result.Protocol,
        result.Bootstrap,
        result.TokensEvaluated,
    };

    private static object Row(BaseStudyRow row) => new
    {
        row.Prediction.Base,
        row.Prediction.Side,
        PredictedLimit = row.Prediction.Limit,
        row.Reached,
        ByLength = row.ByLength.Zip(row.SecondHalves, (m, half) => new
        {
            m.Length,
            Perplexity = m.Perplexity.Value,
            m.Perplexity.Nll,
            Ci95 = new[] { m.Perplexity.Low, m.Perplexity.High },
            m.Perplexity.Tokens,
            SecondHalfPerplexity = half,
        }),
    };
}
