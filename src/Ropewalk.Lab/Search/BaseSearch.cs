using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>One number: the base b' for the length, lambda_i = (b'/b)^(2i/d), and after it the attention factor unless that is fixed. On a
/// logarithmic scale, a grid and then halvings around its best point.</summary>
public sealed class BaseSearch : ISearchAlgorithm
{
    // NTK's alpha, by which the last pair is slowed, is usually best above s; the tuned NTK baseline looks as far.
    private const double MostOverScale = 64;
    private const int GridPoints = 9;
    private const int Refinements = 4;

    /// <inheritdoc />
    public string Name => "base";

    /// <summary>Factors of a base.</summary>
    /// <param name="ratio">b'/b.</param>
    /// <param name="pairs">d/2.</param>
    public static ImmutableArray<double> Factors(double ratio, int pairs) => [.. Enumerable.Range(0, pairs).Select(i => Math.Pow(ratio, (double)i / pairs))];

    /// <inheritdoc />
    public bool SearchesAttention => true;

    /// <inheritdoc />
    public long Cost(SearchSettings settings, int numWindows) => numWindows * ((2L * (GridPoints + (2 * Refinements))) + 5);

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        var log = new TrialLog(evaluator, judged);
        var pairs = problem.Geometry.Pairs;
        var attention = problem.FixedTemperature ? problem.AttentionFactor : Math.Clamp(problem.AttentionFactor, problem.SmallestAttention, problem.LargestAttention);
        double[] Judge(double[] logRatios, double factor) => log.Judge([.. logRatios.Select(r => new SearchPoint(Factors(Math.Exp(r), pairs), 0, factor))]);

        // The last pair's exponent is (d-2)/d; with one pair the base changes nothing.
        var most = Math.Log(MostOverScale * problem.Scale) * pairs / Math.Max(1, pairs - 1);
        var (ratio, _) = LineSearch.Minimize(r => Judge(r, attention), 0, most, GridPoints, Refinements);
        if (!problem.FixedTemperature)
        {
            (attention, _) = LineSearch.Minimize(
                a => log.Judge([.. a.Select(x => new SearchPoint(Factors(Math.Exp(ratio), pairs), 0, x))]), problem.SmallestAttention, problem.LargestAttention, GridPoints, Refinements);

            // Under its own temperature the best base lies a little elsewhere.
            var step = most / (GridPoints - 1) / 4;
            _ = LineSearch.Minimize(r => Judge(r, attention), Math.Max(0, ratio - step), Math.Min(most, ratio + step), 3, 1);
        }

        log.RaceStartTokens(problem);
        return log.Outcome;
    }
}
