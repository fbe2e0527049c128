using System.CommandLine;
using System.Diagnostics;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>What passkey and needle do once their task is known.</summary>
internal static class RetrievalHost
{
    private static readonly int[] s_multiples = [1, 2, 4];

    /// <summary>Runs the grid and writes what came out.</summary>
    /// <param name="set">The options.</param>
    /// <param name="parsed">Their values.</param>
    /// <param name="makeTask">The task over the given prose.</param>
    /// <param name="output">For the result.</param>
    /// <param name="error">For progress.</param>
    /// <param name="stop">Ends it.</param>
    public static int Run(RetrievalOptionSet set, ParseResult parsed, Func<Haystacks, IRetrievalTask> makeTask, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var path = parsed.GetValue(set.Model) ?? Options.DefaultModel;
        var trials = Options.AtLeast("--trials", parsed.GetValue(set.Trials), 1);
        var candidates = parsed.GetValue(set.Candidates) is >= 2 and <= NeedleTask.MostCandidates and var count
            ? count
            : throw new UserInputException($"--candidates: found {parsed.GetValue(set.Candidates)}, expected 2 to {NeedleTask.MostCandidates}");
        var depths = GridSpec.Depths(parsed.GetValue(set.Depths)!);
        var scoring = Scoring(parsed.GetValue(set.Score)!);
        var haystack = parsed.GetValue(set.Haystack);
        var task = makeTask(new Haystacks(haystack is null ? null : TextFile.Read(haystack, "--haystack")));
        if (parsed.GetValue(set.LmEval) is { } lmEval)
        {
            OutputFolder.RequireFile(lmEval, "--lm-eval");
        }

        var lengths = parsed.GetValue(set.Lengths) is { } text ? GridSpec.Lengths(text) : default;
        using var model = ModelLoader.Load(path, parsed.GetValue(set.Mmap));
        var tokenizer = Tokenizer.Load(path);
        ExtendJob.RequireTokensInVocabulary(tokenizer, model, path);
        var stopTokens = StopTokens.Of(path, tokenizer, model.Shape.VocabularySize);
        var method = Scalings.Choose(parsed.GetValue(set.Scaling), parsed.GetValue(set.Plan), model);
        var options = new RetrievalOptions
        {
            Lengths = lengths.IsDefault ? [.. s_multiples.Select(m => (int)Math.Min(int.MaxValue / 2, (long)m * model.Rope.Geometry.OriginalContext))] : lengths,
            Depths = depths,
            Trials = trials,
            Scoring = scoring,
            Candidates = candidates,
            Seed = parsed.GetValue(set.Seed),
        };
        var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
        var job = new RetrievalJob(model, tokenizer, stopTokens, method, task, options);
        if (lengths.IsDefault && job.Fewest(stop) is var fewest && options.Lengths[0] < fewest && options.Lengths[^1] >= fewest)
        {
            reporter.Line($"a {task.Name} prompt with its answer takes up to {fewest:N0} tokens without any haystack; lengths below are left out");
            options = options with { Lengths = [.. options.Lengths.Where(n => n >= fewest)] };
            job = new RetrievalJob(model, tokenizer, stopTokens, method, task, options);
        }

        job.RequireFit("--lengths", stop);
        var start = Stopwatch.GetTimestamp();
        var begin = TimeProvider.System.GetUtcNow();
        var folder = parsed.GetValue(set.Out);
        using var journal = folder is null ? null : RetrievalJournal.Open(folder, job.Identity(path, haystack is null ? [] : [haystack]));
        if (journal is { Known.Count: > 0 })
        {
            reporter.Line($"{folder} has {journal.Known.Count:N0} trials of an earlier run; going on from there");
        }

        RetrievalResult result;
        try
        {
            result = job.Run(journal, reporter, stop);
        }
        finally
        {
            reporter.Clear();
        }

        var geometry = model.Rope.Geometry;
        var run = new RetrievalRun(
            result,
            new ReportModel(model.Name, model.Architecture, model.NumParameters, geometry.OriginalContext, geometry.Pairs, geometry.Base),
            path,
            method.Scaling.Spec,
            method.Plan.Spec,
            Options.CommandLine(parsed),
            begin,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            journal?.Known.Count ?? 0,
            [.. model.Rope.Notes, .. tokenizer.Notes]);
        Save(run, folder, parsed.GetValue(set.LmEval));
        if (parsed.GetValue(set.Json))
        {
            output.Write(ResultJson.Serialize(RetrievalRecord.Of(run)));
        }
        else
        {
            RetrievalTable.Write(output, run);
            if (folder is not null)
            {
                output.WriteLine($"report: {Path.Combine(folder, "report.html")}");
            }
        }

        return ExitCodes.Done;
    }

    private static void Save(RetrievalRun run, string? folder, string? lmEval)
    {
        if (folder is not null)
        {
            AtomicFile.WriteAllText(Path.Combine(folder, RunFolder.Name, "result.json"), ResultJson.Serialize(RetrievalRecord.Of(run)));
            AtomicFile.WriteAllText(Path.Combine(folder, "report.html"), RetrievalReport.Render(run, TimeProvider.System.GetLocalNow()));
        }

        if (lmEval is not null)
        {
            var arguments = run.Plan == "full" ? $"scaling={run.Scaling}" : $"scaling={run.Scaling},plan={run.Plan}";
            LmEvalJson.Save(lmEval, LmEvalJson.Text(RetrievalRecord.LmEvalRows(run.Result), run.ModelPath, arguments, run.Result.Options.Seed, run.Start, run.Seconds));
        }
    }

    private static RetrievalScoring Scoring(string text) => text switch
    {
        "greedy" => RetrievalScoring.Greedy,
        "choice" => RetrievalScoring.Choice,
        "both" => RetrievalScoring.Both,
        _ => throw new UserInputException($"--score: found \"{text}\", expected greedy, choice or both"),
    };
}
