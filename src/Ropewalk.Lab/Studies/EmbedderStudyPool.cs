using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.Studies;

/// <summary>Puts the seeds of one model and T together.</summary>
internal static class EmbedderStudyPool
{
    /// <summary>The table.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="target">T.</param>
    /// <param name="shortLength">Tokens of the short documents.</param>
    /// <param name="seeds">Each seed's run; the first has the real texts too.</param>
    public static EmbedderStudyTable Of(string model, int target, int shortLength, IReadOnlyList<EmbedderCellResult> seeds)
    {
        var methods = seeds[0].Methods;
        var tasks = new Dictionary<string, IReadOnlyList<EmbedderStudyScore>>(StringComparer.Ordinal);
        foreach (var (task, first) in seeds[0].Scores)
        {
            tasks.Add(task, first[methods[0].Name].Found.Count == 0
                ? [.. methods.Select(m => first[m.Name]).Select(s => new EmbedderStudyScore(task, s.Score, s.Low, s.High, s.Standing, [], null))]
                : Pooled(task, [.. methods.Select(m => seeds.Select(s => s.Scores.First(x => x.Task == task).ByMethod[m.Name].Found).ToList())], target, shortLength));
        }

        return new EmbedderStudyTable(model, target, [.. methods.Select((m, i) => new EmbedderStudyRow(m.Name, m.Spec, [.. seeds[0].Scores.Select(t => tasks[t.Task][i])]))]);
    }

    private static List<EmbedderStudyScore> Pooled(string task, IReadOnlyList<List<IReadOnlyDictionary<int, bool[]>>> methods, int target, int shortLength)
    {
        var found = methods.Select(seeds => seeds.SelectMany(s => s[target]).ToList()).ToList();

        // Each query is a unit of its own, as in a single run: each has a document of its own.
        var bootstrap = new Bootstrap(new WindowSet(2, [.. found[0].Select((_, i) => new EvaluationWindow(i, 0, []))], [.. found[0].Select((_, i) => $"{i}")]), 0);
        var sums = found.Select(f => bootstrap.Units([.. f.Select(x => new[] { x ? 1d : 0 })])).ToList();
        var best = Enumerable.Range(0, found.Count).MaxBy(i => found[i].Count(x => x));
        return [.. methods.Select((seeds, i) =>
        {
            var (low, high) = WilsonInterval.Of(found[i].Count(x => x), found[i].Count);
            var below = bootstrap.Compare(sums[best], sums[i]).Low;
            return new EmbedderStudyScore(
                task,
                Share(found[i]),
                low,
                high,
                i == best ? Standing.Best : below <= 0 ? Standing.Tied : Standing.Worse,
                [.. seeds.Select(s => Share(s[target]))],
                Share([.. seeds.SelectMany(s => s[shortLength])]));
        })];
    }

    private static double Share(IReadOnlyCollection<bool> found) => (double)found.Count(x => x) / found.Count;
}
