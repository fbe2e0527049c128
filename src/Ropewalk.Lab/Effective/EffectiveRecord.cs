using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.Effective;

/// <summary>A result as the object that --json and result.json hold.</summary>
public static class EffectiveRecord
{
    /// <summary>The whole result.</summary>
    public static object Of(EffectiveResult result) => new
    {
        Model = result.Model.Name,
        result.Scaling,
        result.Plan,
        OriginalContext = result.Original,
        result.Longest,
        Effective = result.Refusal is null ? Limit(result.Effective) : null,
        result.LimitedBy,
        ByPerplexity = Limit(result.ByPerplexity),
        ByRetrieval = result.ByRetrieval is { } r ? Limit(r) : null,
        ShortLoss = result.ShortLoss.Value,
        ShortLossCi95 = new[] { result.ShortLoss.Low, result.ShortLoss.High },
        result.Options.MaximumShortLoss,
        result.Refusal,
        Positions = result.Buckets.Select(b => new { b.Window, b.End, b.Perplexity, b.ShortPerplexity, RiseNats = b.Rise, RiseInterval = new[] { b.Low, b.High } }),
        Retrieval = new
        {
            result.Grid.Task,
            Chance = result.Grid.Chance(RetrievalScoring.Choice),
            AtOriginal = RetrievalRecord.Row(result.Grid.Count(RetrievalScoring.Choice, result.Original)),
            Lengths = result.Steps.Select(s => new { s.Length, Count = RetrievalRecord.Row(s.Count), s.Spare, SpareCi95 = new[] { s.Low, s.High } }),
        },
        result.Verdict,
        result.Protocol,
        result.Options.Seed,
        result.Seconds,
        result.Notes,
    };

    private static object Limit(EffectiveLimit limit) => new { Tokens = limit.Value, Ci95 = new[] { limit.Low, limit.High } };
}
