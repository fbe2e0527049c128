using System.CommandLine;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Effective;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk effective: how long the window really is.</summary>
internal static class EffectiveCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string?>("MODEL") { Description = "Hugging Face folder or GGUF file. Default: the embedded model prose3m (window 512).", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Longest window to look at: the model's and a multiple of a quarter of it. Default: four times the model's." };
        var text = Options.Text("Text files, and folders of .txt files, for the perplexity. Default: stories of the embedded generator.");
        var windows = new Option<int>("--windows") { HelpName = "N", Description = $"Windows at most, evenly spaced; at least {EffectiveOptions.FewestWindows}.", DefaultValueFactory = _ => 32 };
        var scaling = Options.Scaling();
        var plan = Options.Plan();
        var shortLoss = new Option<string>("--max-short-loss") { HelpName = "SHARE", Description = "Loss of perplexity at the model's window, against the original model, past which the method is refused (exit code 1).", DefaultValueFactory = _ => "2%" };
        var rise = new Option<string>("--max-rise") { HelpName = "SHARE", Description = "Rise of perplexity along the window that the lower end of the interval must exclude.", DefaultValueFactory = _ => "2%" };
        var kind = new Option<string>("--task") { HelpName = "NAME", Description = "Retrieval task: passkey (the story template) or needle; always by choice among candidates.", DefaultValueFactory = _ => "passkey" };
        var haystack = new Option<string?>("--haystack") { HelpName = "FILE", Description = "Text to hide answers in. Default: generated stories." };
        var trials = new Option<int>("--trials") { HelpName = "N", Description = "Retrieval trials of each length and depth.", DefaultValueFactory = _ => 20 };
        var depths = new Option<string>("--depths") { HelpName = "LIST", Description = "Where in the haystack the answer lies, as shares from 0 (the beginning) to 1 (the end).", DefaultValueFactory = _ => "0,0.25,0.5,0.75,1" };
        var seed = Options.Seed();
        var outFolder = new Option<string?>("--out") { HelpName = "PATH", Description = "Folder for report.html and the records, absent or empty." };
        var json = Options.Json();
        var threads = Options.Threads();
        var mmap = Options.Mmap();
        var command = new Command("effective", "The longest window whose perplexity by position does not rise and whose retrieval stays above 85 % of the old window's. Example: ropewalk effective my-model --scaling yarn:4 --text books/*.txt")
        {
            model, to, text, windows, scaling, plan, shortLoss, rise, kind, haystack, trials, depths, seed, outFolder, json, threads, mmap,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var path = parsed.GetValue(model) ?? Options.DefaultModel;
            var options = new EffectiveOptions
            {
                Longest = parsed.GetValue(to),
                Texts = Options.Files(parsed.GetValue(text)),
                Windows = Options.AtLeast("--windows", parsed.GetValue(windows), EffectiveOptions.FewestWindows),
                MaximumShortLoss = Options.Share("--max-short-loss", parsed.GetValue(shortLoss)!),
                MaximumRise = Options.Share("--max-rise", parsed.GetValue(rise)!),
                Trials = Options.AtLeast("--trials", parsed.GetValue(trials), 1),
                Depths = GridSpec.Depths(parsed.GetValue(depths)!),
                Seed = parsed.GetValue(seed),
            };
            var prose = new Haystacks(parsed.GetValue(haystack) is { } file ? TextFile.Read(file, "--haystack") : null);
            IRetrievalTask task = parsed.GetValue(kind) switch
            {
                "passkey" => new PasskeyTask(PasskeyTemplate.Story, prose),
                "needle" => new NeedleTask(prose),
                var other => throw new UserInputException($"--task: found \"{other}\", expected passkey or needle"),
            };
            var folder = parsed.GetValue(outFolder);
            if (folder is not null)
            {
                OutputFolder.RequireEmpty(folder);
            }

            using var loaded = ModelLoader.Load(path, parsed.GetValue(mmap));
            var tokenizer = Tokenizer.Load(path);
            ExtendJob.RequireTokensInVocabulary(tokenizer, loaded, path);
            var method = Scalings.Choose(parsed.GetValue(scaling), parsed.GetValue(plan), loaded);
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            EffectiveResult result;
            try
            {
                result = new EffectiveJob(loaded, tokenizer, method, task, options, Options.CommandLine(parsed), reporter, stop).Run();
            }
            finally
            {
                reporter.Clear();
            }

            if (folder is not null)
            {
                Directory.CreateDirectory(Path.Combine(folder, RunFolder.Name));
                AtomicFile.WriteAllText(Path.Combine(folder, RunFolder.Name, "result.json"), ResultJson.Serialize(EffectiveRecord.Of(result)));
                AtomicFile.WriteAllText(Path.Combine(folder, "report.html"), EffectiveReport.Render(result, TimeProvider.System.GetLocalNow()));
            }

            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(EffectiveRecord.Of(result)));
            }
            else
            {
                EffectiveTable.Write(output, result, folder);
            }

            if (result.Refusal is { } refusal)
            {
                error.WriteLine($"ropewalk: {refusal}");
                return ExitCodes.CheckFailed;
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
