using System.CommandLine;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Progressive;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk extend: the main job.</summary>
internal static class ExtendCommand
{
    // Alone on a fresh clone it must end while somebody watches.
    private const string DefaultBudget = "3m";
    private const int DefaultPasskeys = 4;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string?>("MODEL") { Description = "Hugging Face folder or GGUF file; the export is a folder. Default: the embedded model prose3m (window 512).", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Target window in tokens. Default: eight times the model's." };
        var text = Options.Text("Text files, and folders of .txt files, to search on. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var outFolder = new Option<string?>("--out") { HelpName = "PATH", Description = "Output folder, absent or empty. Default: out/extend-1, -2, ..." };
        var population = new Option<int?>("--population") { HelpName = "N", Description = "Individuals of the search. Default: 64, as in the paper, or what --budget allows." };
        var iterations = new Option<int?>("--iterations") { HelpName = "N", Description = "Iterations of the search. Default: 40, as in the paper, or what --budget allows." };
        var windows = new Option<int>("--windows") { HelpName = "N", Description = "Windows that a candidate is judged on.", DefaultValueFactory = _ => 5 };
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var seed = Options.Seed();
        var attention = new Option<string?>("--attention-factor") { HelpName = "POLICY", Description = "su, yarn, a number, or fit (the largest up to su that the old window bears): what cosines and sines are multiplied by, in the search and in the export. Where it is given, or with --fixed-temperature, it is not searched. Default: su; fit when no MODEL is given." };
        var search = new SearchChoiceOptions();
        var progressive = new ProgressiveOptionSet();
        var embedder = new ExtendEmbedder();
        var target = new Option<string>("--target") { HelpName = "NAME", Description = "huggingface or ropewalk (searches start tokens too, which only factors.json can hold).", DefaultValueFactory = _ => "huggingface" };
        var style = new Option<string?>("--config-style") { HelpName = "STYLE", Description = "Keys of the exported config: v4 (rope_scaling) or v5 (rope_parameters). Default: v4; v5 where the config has rope_parameters per layer type, which v4 cannot express." };
        var shortLoss = new Option<string>("--max-short-loss") { HelpName = "SHARE", Description = "Loss of perplexity at the old window past which the export is refused.", DefaultValueFactory = _ => "2%" };
        var stride = new Option<int?>("--window-stride") { HelpName = "TOKENS", Description = "Tokens that one run of the baseline \"window\" scores; 1 is exact. Default: the smallest power of two that costs at most half of the search; with --progressive a sixteenth of the model's window." };
        var budget = new Option<string?>("--budget") { HelpName = "TIME", Description = $"Time for the whole job, e.g. 90s, 30m, 2h; it chooses population and iterations. Default: none; {DefaultBudget} when neither MODEL, --population nor --iterations is given." };
        var passkey = new Option<int?>("--passkey") { HelpName = "N", Description = $"Trials of passkey retrieval at each length and of five depths, before and after; 0 for none. Default: 0; {DefaultPasskeys} when no MODEL is given." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Stop after the estimate." };
        var resume = Options.Resume("extend", "; with a run of --progressive also --max-short-loss and --continue-from");
        var json = Options.Json();
        var threads = Options.Threads();
        var command = new Command("extend", "Make a model's window longer: measure, search as LongRoPE does, prove on held-out text, export. Example: ropewalk extend my-model --to 32768 --text books/*.txt --out my-model-32k")
        {
            model, to, text, heldout, outFolder, search.Algorithm, search.Objective, search.FixedTemperature, search.Monotone, search.RaceLevel, population, iterations, windows, heldoutWindows, seed, attention, target, style, shortLoss, stride, passkey, budget, dryRun, resume, json, threads,
        };
        foreach (var option in progressive.All)
        {
            command.Add(option);
        }

        embedder.All.ToList().ForEach(command.Add);
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var isJson = parsed.GetValue(json);
            if (parsed.GetValue(resume) is { } stopped)
            {
                return ResumeAny(stopped);
            }

            progressive.RequireFitting(parsed, to, budget, target, passkey);
            if (progressive.IsAsked(parsed) && parsed.GetValue(attention) == "fit")
            {
                throw new UserInputException("--attention-factor: found fit with --progressive, which has no such choice; expected su, yarn or a number");
            }

            if (embedder.Run(parsed, parsed.GetValue(model), (to, outFolder, json, threads), () => FreeFolder(), output, error, stop) is { } code)
            {
                return code;
            }

            var time = parsed.GetValue(budget)
                ?? (parsed.GetValue(model) is null && parsed.GetValue(population) is null && parsed.GetValue(iterations) is null ? DefaultBudget : null);
            var options = new ExtendOptions
            {
                Model = parsed.GetValue(model) ?? Options.DefaultModel,
                TargetContext = parsed.GetValue(to),
                Texts = Options.Files(parsed.GetValue(text)),
                Heldout = Options.Files(parsed.GetValue(heldout)),
                Out = parsed.GetValue(outFolder) ?? FreeFolder(),
                Population = parsed.GetValue(population) is { } p ? Options.AtLeast("--population", p, 4) : null,
                Iterations = parsed.GetValue(iterations) is { } i ? Options.AtLeast("--iterations", i, 0) : null,
                Windows = Options.AtLeast("--windows", parsed.GetValue(windows), 1),
                HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                Seed = parsed.GetValue(seed),
                Search = search.Choices(parsed, parsed.GetValue(attention)),
                AttentionFactor = parsed.GetValue(attention) ?? (parsed.GetValue(model) is null ? "fit" : "su"),
                Target = Target(parsed.GetValue(target)!),
                ConfigStyle = parsed.GetValue(style) is { } keys ? Style(keys) : null,
                MaximumShortLoss = Options.Share("--max-short-loss", parsed.GetValue(shortLoss)!),
                WindowStride = parsed.GetValue(stride) is { } k ? Options.AtLeast("--window-stride", k, 1) : null,
                PasskeyTrials = Options.AtLeast("--passkey", parsed.GetValue(passkey) ?? (parsed.GetValue(model) is null ? DefaultPasskeys : 0), 0),
                Budget = time is null ? null : Options.Duration("--budget", time),
                DryRun = parsed.GetValue(dryRun),
                CommandLine = Options.CommandLine(parsed),
            };
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            if (parsed.GetValue(model) is null)
            {
                reporter.Line($"no MODEL given: extending the embedded model prose3m{(options.Texts.IsEmpty ? " on generated stories" : "")}");
            }

            return progressive.IsAsked(parsed)
                ? ProgressiveOptionSet.Run(output, new ProgressiveJob(progressive.Options(parsed, options), reporter, TimeProvider.System, stop), reporter, isJson)
                : Run(output, error, new ExtendJob(options, reporter, TimeProvider.System, stop), reporter, isJson);

            int ResumeAny(string folder)
            {
                var records = RunSummary.Records(folder);
                if (!File.Exists(Path.Combine(records, RunManifest.FileName)) || RunManifest.Read(records).Kind != ProgressiveJob.Kind)
                {
                    Options.RequireAlone(parsed, resume, json, threads);
                    return Resume(output, error, folder, isJson, stop);
                }

                Options.RequireAlone(parsed, resume, json, threads, shortLoss, progressive.ContinueFrom);
                if (StudyHost.IsFinished(output, error, folder, ProgressiveJob.Kind, isJson))
                {
                    return ExitCodes.Done;
                }

                var gate = parsed.GetResult(shortLoss) is { Implicit: false } ? Options.Share("--max-short-loss", parsed.GetValue(shortLoss)!) : (double?)null;
                var continued = new ConsoleReporter(error, !Console.IsErrorRedirected);
                return ProgressiveOptionSet.Run(output, progressive.Resumed(parsed, records, gate, continued, stop), continued, isJson);
            }
        }));
        return command;
    }

    private static int Resume(TextWriter output, TextWriter error, string folder, bool isJson, CancellationToken stop)
    {
        var summary = RunSummary.Of(RunSummary.Records(folder));
        if (summary is { State: RunState.Done, Manifest.Kind: "extend" })
        {
            error.WriteLine($"this run is finished, nothing is left to do: {folder}");
            var path = Path.Combine(summary.Folder, RunFolder.ResultName);
            if (isJson)
            {
                output.Write(File.ReadAllText(path));
            }

            return Outcome(error, new ConfigFields(JsonFile.Read(path), path).OptionalString("refusal"));
        }

        var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
        return Run(output, error, ExtendJob.Resume(summary.Folder, reporter, TimeProvider.System, stop), reporter, isJson);
    }

    private static int Run(TextWriter output, TextWriter error, ExtendJob job, ConsoleReporter reporter, bool isJson)
    {
        ExtendResult? result;
        try
        {
            result = job.Run();
        }
        finally
        {
            reporter.Clear();
        }

        if (result is null)
        {
            if (isJson)
            {
                output.Write(ResultJson.Serialize(job.Estimate!));
            }

            return ExitCodes.Done;
        }

        if (isJson)
        {
            output.Write(ResultJson.Serialize(ExtendRecord.Printed(result)));
        }
        else
        {
            ExtendTable.Write(output, result);
        }

        return Outcome(error, result.Refusal);
    }

    /// <summary>A run whose export was refused is finished too, and says so however often it is asked.</summary>
    private static int Outcome(TextWriter error, string? refusal)
    {
        if (refusal is null)
        {
            return ExitCodes.Done;
        }

        error.WriteLine($"ropewalk: {refusal}");
        return ExitCodes.CheckFailed;
    }

    internal static ExportTarget Target(string text) => text switch
    {
        "huggingface" => ExportTarget.HuggingFace,
        "ropewalk" => ExportTarget.Ropewalk,
        _ => throw new UserInputException($"--target: found \"{text}\", expected huggingface or ropewalk"),
    };

    private static RopeConfigStyle Style(string text) => text switch
    {
        "v4" => RopeConfigStyle.V4,
        "v5" => RopeConfigStyle.V5,
        _ => throw new UserInputException($"--config-style: found \"{text}\", expected v4 or v5"),
    };

    internal static string FreeFolder(string name = "extend")
    {
        for (var i = 1; ; i++)
        {
            var folder = Path.Combine("out", $"{name}-{i}");
            if (!Path.Exists(folder))
            {
                return folder;
            }
        }
    }
}
