using System.Collections.Immutable;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Durability;

/// <summary>A job with every kind of record and a search by the real algorithm, over a function instead of a model.</summary>
internal static class SmallJob
{
    public const string Folder = "/disk/run";

    public static readonly string Journal = Path.Combine(Folder, "journal");

    public static readonly string Result = Path.Combine(Folder, "result.json");

    public static RunManifest Manifest { get; } = new()
    {
        Kind = "extend",
        CommandLine = "ropewalk extend",
        Started = DateTimeOffset.UnixEpoch,
        Model = "function",
        OriginalContext = 16,
        TargetContext = 64,
        Seed = 7,
        Options = ResultJson.Element(new { }),
        Plan = ResultJson.Element(new { }),
        Inputs = ImmutableDictionary<string, string>.Empty,
    };

    /// <summary>Runs it on what the disk has of it; gives how many answers had to be computed.</summary>
    public static int Run(IRunFiles files, ulong searchSeed = 7)
    {
        using var run = RunFolder.Open(files, Folder, Manifest, TimeProvider.System, "ropewalk extend --resume run");
        var computed = 0;
        var losses = run.Losses("none", 3, 64, (first, count) =>
        {
            computed += count;
            return [.. Enumerable.Range(first, count).Select(w => new[] { w + 0.5f, w == 1 ? float.NaN : w })];
        });
        var values = run.Values("tuning", [1, 2.5], 64, points =>
        {
            computed += points.Length;
            return [.. points.Select(p => p * p)];
        });
        run.Telemetry("stage", new { name = "search" });
        var problem = new SearchProblem
        {
            Geometry = new RopeGeometry(8, 10_000, 16),
            Length = 64,
            AttentionFactor = 1,
            Settings = new SearchSettings { LargestHundredths = 500, Seed = searchSeed }.Resized(6, 3),
        };
        var function = new Function();
        var outcome = FactorSearch.Run(new EvolutionAlgorithm(), problem, run.Evaluator("long", "evolution", searchSeed, function, 64));
        run.Result(new { Half = true });
        run.Finish(new { Losses = losses.SelectMany(l => l.Select(x => (double)x)), values, outcome.Best.Point.RescaleFactors, outcome.Best.Nll, run.Tokens });
        return computed + function.Computed;
    }

    private sealed class Function : ISearchEvaluator
    {
        public int Computed { get; private set; }

        public int NumWindows => 2;

        public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests)
        {
            Computed += requests.Count;
            return [.. requests.Select(r => Enumerable.Range(r.FirstWindow, r.NumWindows)
                .Select(w => r.Point.RescaleFactors.Select((f, i) => Math.Pow(f - 1 - (0.7 * i) - (0.01 * w), 2)).Sum()).ToArray())];
        }
    }
}
