using System.Collections.Immutable;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Studies;

/// <summary>What keeping the first n-hat positions unscaled is worth (2402.13753). Its table 2: n-hat varied under linear interpolation and dynamic
/// NTK. Its table 11: linear interpolation, searched factors alone, and factors searched together with n-hat.</summary>
/// <param name="evaluator">Runs the model.</param>
/// <param name="geometry">The encoding as trained.</param>
/// <param name="windows">Search windows.</param>
/// <param name="scorer">Held-out windows of the same length.</param>
/// <param name="stop">Stops between chunks.</param>
public sealed class StartTokensStudy(Evaluator evaluator, RopeGeometry geometry, WindowSet windows, HeldoutScorer scorer, CancellationToken stop)
{
    private readonly RememberingEvaluator _answers = new(new ModelSearchEvaluator(evaluator, geometry, windows.Length, SearchObjective.Whole(windows), stop));

    private double Scale => (double)windows.Length / geometry.OriginalContext;

    /// <summary>Table 2: the paper's choices of n-hat under both methods, each with an attention factor of 1 as published.</summary>
    public IReadOnlyList<StartTokensRow> Sweep()
    {
        List<(string, ImmutableArray<double>)> methods = [("linear", LongRopeSeeds.Linear(Scale, geometry.RotaryDimension))];
        if (geometry.RotaryDimension > 2)
        {
            methods.Add(("dynamic", new DynamicNtkScaling(geometry, Scale).At(windows.Length).RescaleFactors(geometry)));
        }

        return [.. methods.SelectMany(m => Compared([.. SearchSettings.PaperStartTokens.Where(n => n < windows.Length).Select(n => (m.Item1, new SearchPoint(m.Item2, n, 1)))]))];
    }

    /// <summary>Table 11: linear interpolation, factors alone, factors with n-hat; from one seed, with the same number of evaluations.</summary>
    /// <param name="algorithm">Searches; evolution has n-hat as one more gene, the others choose it last.</param>
    /// <param name="settings">Size and seed; its start tokens are replaced.</param>
    /// <param name="attentionFactor">In force in all three.</param>
    public IReadOnlyList<StartTokensRow> Search(ISearchAlgorithm algorithm, SearchSettings settings, double attentionFactor)
    {
        SearchPoint Found(ImmutableArray<int> choices) => algorithm.Run(_answers, new SearchProblem
        {
            Geometry = geometry,
            Length = windows.Length,
            Settings = settings with { StartTokens = choices },
            AttentionFactor = attentionFactor,
            FixedTemperature = true,
        }).Best.Point;
        return Compared(
        [
            ("factors alone", Found([0])),
            ("factors with start tokens", Found([.. SearchSettings.PaperStartTokens.Where(n => n < windows.Length)])),
            ("linear", new SearchPoint(LongRopeSeeds.Linear(Scale, geometry.RotaryDimension), 0, attentionFactor)),
        ]);
    }

    /// <summary>Measures points and compares each with the first.</summary>
    private List<StartTokensRow> Compared(IReadOnlyList<(string Method, SearchPoint Point)> points)
    {
        var search = _answers.Evaluate([.. points.Select(p => new EvaluationRequest(p.Point, 0, _answers.NumWindows))]);
        var held = points.Select(p => scorer.Measure(p.Method, "", windows.Length, ModelSearchEvaluator.Frequencies(geometry, p.Point, windows.Length), stop)).ToList();
        return
        [
            .. points.Select((p, i) =>
            {
                var (difference, low, high) = i == 0
                    ? (double.NaN, double.NaN, double.NaN)
                    : scorer.BootstrapAt(windows.Length).Compare(held[i].Losses, held[0].Losses);
                return new StartTokensRow(
                    p.Method, p.Point.StartTokens, Math.Exp(search[i].Average()), held[i].Perplexity.Value, held[i].Perplexity.Low, held[i].Perplexity.High, difference, low, high);
            }),
        ];
    }
}
