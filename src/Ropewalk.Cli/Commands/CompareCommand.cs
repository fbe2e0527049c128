using System.CommandLine;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk compare: every method, at every length, on the same tokens.</summary>
internal static class CompareCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string?>("MODEL") { Description = "Hugging Face folder or GGUF file. Default: the embedded model prose3m (window 512).", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Longest window in tokens, a multiple of the model's; it is measured at the model's window, twice that, ... and here. Default: eight times the model's." };
        var text = Options.Text("Text files, and folders of .txt files; the last fifth of each is measured on, the rest is for tuning. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var methods = new Option<string[]>("--methods")
        {
            HelpName = "LIST",
            Description = $"all, or names and specs with commas between them: {string.Join(", ", MethodList.Names)} (with --factors); specs as --scaling and --plan take them, e.g. yarn:4 or self-extend:group=4,window=64; SCALING+PLAN for both together. none and window are always there. Default: all.",
            AllowMultipleArgumentsPerToken = true,
        };
        var factors = new Option<string?>("--factors") { HelpName = "FILE", Description = "A factors file, as search and extend write it: the method longrope." };
        var outFolder = new Option<string?>("--out") { HelpName = "PATH", Description = "Folder for records and report, absent or empty. Default: out/compare-1, -2, ..." };
        var resume = new Option<string?>("--resume") { HelpName = "PATH", Description = "Continue the comparison in this folder, which was stopped; it says all that was asked. What is measured already is kept." };
        var windows = new Option<int>("--windows") { HelpName = "N", Description = "Windows that ntk-tuned and yarn-tuned are tuned on.", DefaultValueFactory = _ => 5 };
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var seed = Options.Seed();
        var stride = new Option<int?>("--window-stride") { HelpName = "TOKENS", Description = "Tokens that one run of the sliding window scores; 1 is exact. Default: the smallest power of two that costs at most as much as eight methods." };
        var budget = new Option<string?>("--budget") { HelpName = "TIME", Description = "Time for the whole, e.g. 90s, 30m, 2h. Where it is too short, fewer held-out windows are measured, and that is said; where it is too short for four, nothing is. Default: none." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Stop after the estimate." };
        var byPosition = new Option<bool>("--by-position") { Description = "Show perplexity against absolute position too, at the longest window. The report and --json always have it." };
        var lmEval = new Option<string?>("--lm-eval") { HelpName = "FILE", Description = "Write the results as lm-evaluation-harness does." };
        var json = Options.Json();
        var threads = Options.Threads();
        Option[] asked = [to, text, heldout, methods, factors, outFolder, windows, heldoutWindows, seed, stride, budget, dryRun];
        var command = new Command("compare", "Measure every method of longer windows on the same held-out text, with intervals. Example: ropewalk compare my-model --to 16384 --text books/*.txt --methods none,yarn,ntk,self-extend --budget 30m")
        {
            model, to, text, heldout, methods, factors, outFolder, resume, windows, heldoutWindows, seed, stride, budget, dryRun, byPosition, lmEval, json, threads,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            if (parsed.GetValue(lmEval) is { } file)
            {
                OutputFolder.RequireFile(file, "--lm-eval");
            }

            CompareOptions options;
            CompareRecords? records = null;
            if (parsed.GetValue(resume) is { } folder)
            {
                if (parsed.GetValue(model) is { } given)
                {
                    throw new UserInputException($"--resume: found MODEL {Printable.OneLine(given)} too, expected --resume alone: its folder says all that was asked");
                }

                if (Array.Find(asked, o => parsed.GetResult(o) is { Implicit: false }) is { } other)
                {
                    throw new UserInputException($"--resume: found {other.Name} too, expected --resume alone: its folder says all that was asked");
                }

                records = CompareFolder.Read(folder);
                options = records.Run.Options(folder);
            }
            else
            {
                options = new CompareOptions
                {
                    Model = parsed.GetValue(model) ?? Options.DefaultModel,
                    TargetContext = parsed.GetValue(to),
                    Texts = Options.Files(parsed.GetValue(text)),
                    Heldout = Options.Files(parsed.GetValue(heldout)),
                    Methods = parsed.GetValue(methods) is { Length: > 0 } list ? [.. list] : [MethodList.Everything],
                    Factors = parsed.GetValue(factors),
                    Out = parsed.GetValue(outFolder) ?? ExtendCommand.FreeFolder("compare"),
                    Windows = Options.AtLeast("--windows", parsed.GetValue(windows), 1),
                    HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                    Seed = parsed.GetValue(seed),
                    WindowStride = parsed.GetValue(stride) is { } k ? Options.AtLeast("--window-stride", k, 1) : null,
                    Budget = parsed.GetValue(budget) is { } time ? Options.Duration("--budget", time) : null,
                    DryRun = parsed.GetValue(dryRun),
                    CommandLine = Options.CommandLine(parsed),
                };
                if (parsed.GetValue(model) is null)
                {
                    reporter.Line($"no MODEL given: comparing on the embedded model prose3m{(options.Texts.IsEmpty && options.Heldout.IsEmpty ? " and generated stories" : "")}");
                }
            }

            CompareResult? result;
            var job = new CompareJob(options, records, reporter, TimeProvider.System, stop);
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
                if (parsed.GetValue(json))
                {
                    output.Write(ResultJson.Serialize(job.Estimate!));
                }

                return ExitCodes.Done;
            }

            if (parsed.GetValue(lmEval) is { } path)
            {
                LmEvalJson.Save(path, LmEvalJson.Text(LmEvalRows.Of(result), result.Run.Model, "", result.Run.Seed, result.Started, result.Seconds, Bootstrap.Resamples));
            }

            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(CompareRecord.WithTimes(result)));
            }
            else
            {
                CompareTable.Write(output, result, parsed.GetValue(byPosition));
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
