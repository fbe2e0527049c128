using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs;

/// <summary>What a search alone found.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="TargetContext">L'.</param>
/// <param name="Algorithm">Name of what searched.</param>
/// <param name="Outcome">Best and all points.</param>
/// <param name="Heldout">The best on held-out windows.</param>
/// <param name="Seeds">The published methods on the search windows, where the search tried them on every one.</param>
/// <param name="TokensEvaluated">Tokens through the model.</param>
/// <param name="Seconds">Seconds of this process.</param>
/// <param name="Out">Factors file.</param>
/// <param name="Folder">The run's records.</param>
public sealed record SearchResult(
    string Model,
    RopeGeometry Geometry,
    int TargetContext,
    string Algorithm,
    SearchOutcome Outcome,
    MethodResult Heldout,
    IReadOnlyList<(string Method, Trial Trial)> Seeds,
    long TokensEvaluated,
    double Seconds,
    string Out,
    string Folder)
{
    /// <summary>What result.json holds: nothing that differs between equal runs.</summary>
    public object Record() => new
    {
        Model,
        Geometry.OriginalContext,
        TargetContext,
        Algorithm,
        Outcome.Best.Point.RescaleFactors,
        Outcome.Best.Point.StartTokens,
        Outcome.Best.Point.AttentionFactor,
        SearchPerplexity = Outcome.Best.Perplexity,
        HeldoutPerplexity = Heldout.Perplexity.Value,
        HeldoutCi95 = new[] { Heldout.Perplexity.Low, Heldout.Perplexity.High },
        Baselines = Seeds.Select(s => new { Method = s.Method + " seed", s.Trial.Point.AttentionFactor, SearchPerplexity = s.Trial.Perplexity }),
        Evaluations = Outcome.Trials.Count,
        TokensEvaluated,
    };

    /// <summary>What --json prints.</summary>
    public object Printed() => ResultJson.With(Record(), ("seconds", Seconds), ("out", Out), ("run", Folder));
}
