using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Benchmarks;

/// <summary>What a position plan costs: seconds of scoring one window under each, as a ratio to plain attention's in the same round.</summary>
internal static class PlansBenchmark
{
    private const double Allowed = 1.6;
    private const int Rounds = 3;

    /// <summary>Runs it.</summary>
    /// <param name="folder">A model.</param>
    /// <param name="length">Tokens of the window, several times the model's own.</param>
    public static int Run(string folder, int length)
    {
        using var model = ModelLoader.Load(folder);
        using var evaluator = new Evaluator(model);
        var original = model.Rope.Geometry.OriginalContext;
        var random = new Random(1);
        var window = Enumerable.Range(0, length).Select(_ => random.Next(model.Shape.VocabularySize)).ToArray();
        var group = (length + original - 1) / original * 2;
        string[] specs =
        [
            "full", $"self-extend:group={group},window={original / 2}", "dual-chunk", $"rerope:window={original / 2}", $"leaky-rerope:window={original / 2},factor={group}", $"grouped:group={group}",
            "recurrent", $"parallel-windows:windows={string.Join('/', Enumerable.Repeat(original / 2, (length - (original / 2)) / (original / 2)))}", $"sinks:start=4,recent={original - 4}", "log-n",
            $"log-n+self-extend:group={group},window={original / 2}",
        ];
        var methods = specs.Select(s => new PositionMethod(model.Rope.Scaling, PositionPlanRegistry.Parse(s, original))).ToArray();
        evaluator.Losses([window], methods[0]);
        var best = Clock.BestInTurns(Rounds, [.. methods.Select(m => new Action(() => evaluator.Losses([window], m)))]);
        Console.WriteLine($"{length} tokens, {Engine.Tensors.WorkerPool.NumThreads} threads, best of {Rounds} rounds in turns; ratio to plain attention, at most {Allowed} wanted");
        Console.WriteLine($"{"seconds",8} {"ratio",6}  plan");
        for (var i = 0; i < methods.Length; i++)
        {
            Console.WriteLine($"{best[i],8:F2} {best[i] / best[0],6:F2}  {(specs[i].Length > 60 ? specs[i][..57] + "..." : specs[i])}");
        }

        return best.Any(b => b > Allowed * best[0]) ? 1 : 0;
    }
}
