using System.CommandLine;
using System.Diagnostics;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;

namespace Ropewalk.Cli;

/// <summary>What every contrastive run does: the folder, the run and what is said at its end.</summary>
internal static class ContrastiveCommand
{
    /// <summary>Trains, writes the loss of every step and what <paramref name="export"/> writes, and measures held-out pairs where there are any.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">Options of training.</param>
    /// <param name="model">The network.</param>
    /// <param name="settings">The run.</param>
    /// <param name="contrastive">The loss.</param>
    /// <param name="embedder">The embedder.</param>
    /// <param name="pairs">The data.</param>
    /// <param name="modelName">What else the run's numbers depend on.</param>
    /// <param name="export">Writes the model into the folder.</param>
    /// <param name="measure">Measures held-out pairs; gives none where there are none.</param>
    /// <param name="measuresBefore">Whether they are measured before the first step too.</param>
    /// <param name="stop">Ends the run.</param>
    public static int Run(
        TextWriter output, TextWriter error, ParseResult parsed, TrainingOptions options, TrainableModel model, TrainingSettings settings, ContrastiveSettings contrastive, TrainableEmbedder embedder, IPairSource pairs, string modelName, Action<string> export, Func<IReadOnlyList<PairRecall>> measure, bool measuresBefore, CancellationToken stop)
    {
        var folder = options.Out(parsed);
        TrainingCommand.Prepare(folder, options.Resumes(parsed));
        model.Recomputes = options.Recomputes(parsed);
        var trained = model.Parameters.Where(p => p.IsTrained).ToArray();
        var step = new ContrastiveStep(model, embedder, pairs, contrastive, settings.Seed);
        using var run = new TrainingRun(trained, settings, step, folder, $"model {modelName}\n{pairs.Identity}\n{ResultJson.Serialize(contrastive)}") { SaveEvery = options.SaveEvery(parsed) };
        var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);

        // A resumed run measures it again: its checkpoint takes the place of the weights as they were given.
        IReadOnlyList<PairRecall> before = [];
        if (measuresBefore)
        {
            reporter.Line("measuring held-out pairs before the first step");
            before = measure();
        }

        if (options.Resumes(parsed))
        {
            run.Resume();
        }

        AtomicFile.WriteAllText(Path.Combine(folder, "run.json"), ResultJson.Serialize(new { Model = modelName, Pairs = pairs.Identity, Settings = settings, Contrastive = contrastive }));
        var clock = Stopwatch.StartNew();
        var resumedAt = run.Losses.Count;
        run.Run(reporter, stop);
        var seconds = clock.Elapsed.TotalSeconds;
        reporter.Clear();
        export(folder);
        var heldOut = measure();
        var result = new
        {
            Model = modelName,
            Parameters = model.Parameters.Sum(p => p.Length),
            TrainedParameters = trained.Sum(p => p.Length),
            Steps = run.Losses.Count,
            FirstLoss = run.Losses[0],
            LastLoss = run.Losses.TakeLast(10).Average(),
            HeldOutBefore = before,
            HeldOut = heldOut,
            run.Losses,
            GradientNorms = run.Norms,
        };
        AtomicFile.WriteAllText(Path.Combine(folder, "result.json"), ResultJson.Serialize(result));
        if (options.Json(parsed))
        {
            output.Write(ResultJson.Serialize(result));
            return ExitCodes.Done;
        }

        foreach (var line in LossCurve.Draw(run.Losses))
        {
            output.WriteLine(line);
        }

        output.WriteLine($"loss {result.FirstLoss:F4} at the first step, {result.LastLoss:F4} over the last ten, in nats a query; {result.TrainedParameters:N0} trained parameters");
        output.WriteLine($"{run.Losses.Count:N0} steps of {settings.Batch:N0} pairs; {(run.Losses.Count - resumedAt) / Math.Max(1e-3, seconds):F2} steps/s, {Display.Duration(seconds)}");
        Write(output, before, ", before");
        Write(output, heldOut, before.Count > 0 ? ", after" : "");
        output.WriteLine($"written: {Path.Combine(folder, ModelOutput.ModelFolder)}");
        return ExitCodes.Done;
    }

    private static void Write(TextWriter output, IReadOnlyList<PairRecall> heldOut, string when)
    {
        foreach (var kind in heldOut.GroupBy(h => h.Kind))
        {
            output.WriteLine($"held-out {kind.Key}, recall@1{when}: {string.Join(", ", kind.Select(h => $"{h.Recall:P1} of {h.Pairs} at {h.Length} tokens"))}");
        }
    }
}
