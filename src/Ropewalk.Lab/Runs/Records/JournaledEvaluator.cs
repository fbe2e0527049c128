using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>Stands between a search and its model. What the journal holds is answered from it, after a check that the search asks the same again; the
/// rest is computed a few requests at a time, and on the disk before the search sees it. So a search that is run again goes the same way.</summary>
/// <param name="run">Where it is recorded.</param>
/// <param name="search">Which search asks.</param>
/// <param name="inner">Answers what is new.</param>
/// <param name="windowTokens">Tokens of a window.</param>
internal sealed class JournaledEvaluator(RunFolder run, string search, ISearchEvaluator inner, int windowTokens) : ISearchEvaluator
{
    private readonly Pace _pace = new();

    /// <inheritdoc />
    public int NumWindows => inner.NumWindows;

    /// <inheritdoc />
    public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests)
    {
        var answers = new List<double[]>(requests.Count);
        while (answers.Count < requests.Count && Recorded(requests[answers.Count]) is { } losses)
        {
            answers.Add(losses);
        }

        while (answers.Count < requests.Count)
        {
            var first = answers.Count;
            answers.AddRange(_pace.Do(requests.Count - first, count =>
            {
                EvaluationRequest[] some = [.. requests.Skip(first).Take(count)];
                var computed = inner.Evaluate(some);
                run.Append(some.Zip(computed, (r, losses) => new EvaluationEntry(search, r, losses)), some.Sum(r => (long)r.Passes * windowTokens));
                return computed;
            }));
        }

        return answers;
    }

    private double[]? Recorded(EvaluationRequest request) => run.Recorded<EvaluationEntry>(
        $"search \"{search}\" asking for {Describe(request)}",
        e => e.Search == search && e.Request == request && e.Losses.Length == request.AnswerLength,
        windowTokens,
        request.Passes)?.Losses;

    /// <summary>A request in a few words.</summary>
    internal static string Describe(EvaluationRequest request) =>
        $"{(request.WantsGradient ? "the gradient on " : "")}windows {request.FirstWindow} to {request.FirstWindow + request.NumWindows - 1} under factors {string.Join(' ', request.Point.RescaleFactors.Take(4))}{(request.Point.RescaleFactors.Length > 4 ? " ..." : "")}" +
        $", start tokens {request.Point.StartTokens}, attention factor {request.Point.AttentionFactor}";
}
