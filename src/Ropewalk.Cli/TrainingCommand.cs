using System.CommandLine;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>What train and tune do alike: the folder, the run and what is said at its end.</summary>
internal static class TrainingCommand
{
    /// <summary>Checks where the run is to be.</summary>
    /// <exception cref="UserInputException">There is a run already, or none to go on with.</exception>
    public static void Prepare(string folder, bool resumes)
    {
        if (!resumes)
        {
            OutputFolder.RequireEmpty(folder);
        }
        else if (!TrainingRun.Exists(folder))
        {
            throw new UserInputException($"--resume: found no checkpoint in {folder}, expected the --out folder of a run that was stopped");
        }

        Directory.CreateDirectory(folder);
    }

    /// <summary>Trains, and writes the loss of every step and the model.</summary>
    public static int Run(TextWriter output, TextWriter error, ParseResult parsed, TrainingOptions options, TrainingWork work, CancellationToken stop)
    {
        var folder = options.Out(parsed);
        var (model, settings, positions) = (work.Model, work.Settings, work.Positions);
        var source = new StretchSource(work.Documents, work.EndToken, SequenceMaker.StretchOf(settings), settings.Seed);
        var hash = TrainingRun.Hash(work.Documents);
        Prepare(folder, options.Resumes(parsed));
        model.Recomputes = options.Recomputes(parsed);
        using var run = new TrainingRun(model, settings, source, positions, folder, $"model {work.Name}\ntexts {hash}", settings.RecallShare > 0 ? new RecallSource(work.Tokenizer, work.EndToken) : null) { SaveEvery = options.SaveEvery(parsed) };
        if (options.Resumes(parsed))
        {
            run.Resume();
        }

        AtomicFile.WriteAllText(Path.Combine(folder, "run.json"), ResultJson.Serialize(new { Model = work.Name, TextsSha256 = hash, Settings = settings, Tokens = source.NumTokens }));
        var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var resumedAt = run.Losses.Count;
        run.Run(reporter, stop);
        reporter.Clear();
        work.Export(folder);
        var trained = model.Parameters.Where(p => p.IsTrained).Concat(positions.Parameters).Sum(p => p.Length);
        var result = new
        {
            Model = work.Name,
            Parameters = model.Parameters.Sum(p => p.Length),
            TrainedParameters = trained,
            Steps = run.Losses.Count,
            Tokens = run.Losses.Count * settings.TokensOfStep,
            FirstLoss = run.Losses[0],
            LastLoss = run.Losses.TakeLast(10).Average(),
            run.Losses,
            GradientNorms = run.Norms,
            AttentionFactor = positions.Frequencies.AttentionFactor,
            positions.Frequencies.InverseFrequencies,
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

        var speed = (run.Losses.Count - resumedAt) * settings.TokensOfStep / Math.Max(1e-3, clock.Elapsed.TotalSeconds);
        output.WriteLine($"loss {run.Losses[0]:F4} at the first step, {run.Losses.TakeLast(10).Average():F4} over the last ten, in nats a token; {trained:N0} trained parameters");
        output.WriteLine($"{run.Losses.Count:N0} steps, {settings.TokensOfStep:N0} tokens a step of {source.NumTokens:N0} in the texts; {speed:N0} tokens/s, {Display.Duration(clock.Elapsed.TotalSeconds)}");
        output.WriteLine($"written: {Path.Combine(folder, ModelOutput.ModelFolder)}");
        return ExitCodes.Done;
    }
}
