using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>What a search by retrieval found.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="TargetContext">L'.</param>
/// <param name="Algorithm">Name of what searched.</param>
/// <param name="Outcome">Best and all points.</param>
/// <param name="SearchPairs">Pairs that were searched on.</param>
/// <param name="TextsCut">Queries and documents of a file of pairs that lost what came after L' tokens, held-out pairs included.</param>
/// <param name="Heldout">The winner and the published methods on pairs that the search never saw.</param>
/// <param name="TokensEvaluated">Tokens through the model.</param>
/// <param name="Seconds">Seconds of this process.</param>
/// <param name="Out">Factors file.</param>
/// <param name="Folder">The run's records.</param>
public sealed record EmbedderSearchResult(
    string Model,
    RopeGeometry Geometry,
    int TargetContext,
    string Algorithm,
    SearchOutcome Outcome,
    int SearchPairs,
    int TextsCut,
    IReadOnlyList<MethodRecall> Heldout,
    long TokensEvaluated,
    double Seconds,
    string Out,
    string Folder)
{
    /// <summary>What result.json holds: nothing that differs between equal runs.</summary>
    public object Record() => new
    {
        Model,
        Objective = EmbedderSearchOptions.Objective,
        Geometry.OriginalContext,
        TargetContext,
        Algorithm,
        Outcome.Best.Point.RescaleFactors,
        Outcome.Best.Point.AttentionFactor,
        SearchPairs,
        TextsCut,
        SearchLoss = Outcome.Best.Nll,
        Heldout,
        Evaluations = Outcome.Trials.Count,
        TokensEvaluated,
    };

    /// <summary>What --json prints.</summary>
    public object Printed() => ResultJson.With(Record(), ("seconds", Seconds), ("out", Out), ("run", Folder));
}
