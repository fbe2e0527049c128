using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>How a search came to its winner.</summary>
public static class SearchHistory
{
    private const int MaxGhosts = 6;

    /// <summary>The bests before the last one, evenly spaced where there were many.</summary>
    public static IReadOnlyList<ReportFactorSeries> Ghosts(IReadOnlyList<Trial> trials)
    {
        var bests = new List<Trial>();
        foreach (var trial in trials.Where(t => !t.Dropped && (bests.Count == 0 || t.Nll < bests[^1].Nll)))
        {
            bests.Add(trial);
        }

        var before = bests.SkipLast(1).ToList();
        var count = Math.Min(MaxGhosts, before.Count);
        return [.. Enumerable.Range(0, count).Select(i => before[i * before.Count / count]).Select(t => new ReportFactorSeries($"best after {t.Index + 1}", MethodRole.Ghost, t.Point.RescaleFactors))];
    }

    /// <summary>The winner, its better parent, and so on back to one without parents; empty where the winner has none.</summary>
    public static IReadOnlyList<ReportAncestor> Lineage(Trial winner, IReadOnlyList<Trial> trials)
    {
        if (winner.Parents.IsEmpty)
        {
            return [];
        }

        var line = new List<ReportAncestor>();
        for (Trial? trial = winner; trial is not null; trial = trial.Parents.IsEmpty ? null : trials[trial.Parents[0]])
        {
            var origin = trial.Parents.Length switch
            {
                0 => "seed",
                1 => $"from {trial.Parents[0] + 1}",
                _ => $"crossover of {trial.Parents[0] + 1} and {trial.Parents[1] + 1}",
            };
            line.Add(new ReportAncestor(trial.Index + 1, trial.Round, trial.Dropped ? double.NaN : trial.Perplexity, origin, trial.Point.RescaleFactors));
        }

        return line;
    }
}
