using System.CommandLine;
using Ropewalk.Lab.EmbedderSearch;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk search: the LongRoPE search alone; writes factors.json.</summary>
internal static class SearchCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string?>("MODEL") { Description = "Hugging Face folder (config.json, safetensors, tokenizer.json), or a GGUF file.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Target window in tokens." };
        var text = Options.Text("Text files, and folders of .txt files, to search on. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var outFile = new Option<string>("--out") { HelpName = "PATH", Description = "Factors file to write.", DefaultValueFactory = _ => "factors.json" };
        var population = new Option<int>("--population") { HelpName = "N", Description = "Individuals.", DefaultValueFactory = _ => 64 };
        var iterations = new Option<int>("--iterations") { HelpName = "N", Description = "Iterations.", DefaultValueFactory = _ => 40 };
        var windows = new Option<int>("--windows") { HelpName = "N", Description = "Windows that a candidate is judged on.", DefaultValueFactory = _ => 5 };
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var seed = Options.Seed();
        var attention = new Option<string?>("--attention-factor") { HelpName = "POLICY", Description = "su, yarn or a number. Where it is given, or with --fixed-temperature, it is not searched. Default: su." };
        var choices = new SearchChoiceOptions();
        var embedder = new SearchEmbedder();
        var target = new Option<string>("--target") { HelpName = "NAME", Description = "huggingface or ropewalk (searches start tokens too).", DefaultValueFactory = _ => "huggingface" };
        var resume = Options.Resume("search");
        var json = Options.Json();
        var threads = Options.Threads();
        var mmap = Options.Mmap();
        var command = new Command("search", "Search rescale factors for a longer window and write them to a file. Example: ropewalk search my-model --to 32768 --text books/*.txt --out factors.json")
        {
            model, to, text, heldout, outFile, choices.Algorithm, choices.Objective, choices.FixedTemperature, choices.Monotone, choices.RaceLevel, population, iterations, windows, heldoutWindows, seed, attention, target, resume, json, threads, mmap,
        };
        embedder.All.ToList().ForEach(command.Add);
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            SearchJob job;
            if (parsed.GetValue(resume) is { } stopped)
            {
                Options.RequireAlone(parsed, resume, json, threads);
                var summary = RunSummary.Of(RunSummary.Records(stopped));
                if (summary is { State: RunState.Done, Manifest.Kind: "search" })
                {
                    error.WriteLine($"this run is finished, nothing is left to do: {stopped}");
                    if (parsed.GetValue(json))
                    {
                        output.Write(File.ReadAllText(Path.Combine(summary.Folder, RunFolder.ResultName)));
                    }

                    return ExitCodes.Done;
                }

                if (summary.Manifest is { } manifest && EmbedderSearchJob.IsOne(manifest))
                {
                    return SearchEmbedder.Run(output, EmbedderSearchJob.Resume(summary.Folder, reporter, TimeProvider.System, stop), reporter, parsed.GetValue(json));
                }

                job = SearchJob.Resume(summary.Folder, reporter, TimeProvider.System, stop);
            }
            else
            {
                var isRetrieval = embedder.IsAsked(parsed, choices.Objective);
                var options = new SearchOptions
                {
                    Model = parsed.GetValue(model) ?? throw new UserInputException("MODEL: found none, expected a checkpoint, or --resume"),
                    TargetContext = parsed.GetValue(to) ?? throw new UserInputException("--to: found none, expected the target window in tokens, or --resume"),
                    Texts = Options.Files(parsed.GetValue(text)),
                    Heldout = Options.Files(parsed.GetValue(heldout)),
                    Population = Options.AtLeast("--population", parsed.GetValue(population), 4),
                    Iterations = Options.AtLeast("--iterations", parsed.GetValue(iterations), 0),
                    Windows = Options.AtLeast("--windows", parsed.GetValue(windows), 1),
                    HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                    Seed = parsed.GetValue(seed),
                    Search = choices.Choices(parsed, parsed.GetValue(attention), isRetrieval),
                    AttentionFactor = parsed.GetValue(attention) ?? "su",
                    Target = ExtendCommand.Target(parsed.GetValue(target)!),
                    Mapped = parsed.GetValue(mmap),
                };
                var commandLine = Options.CommandLine(parsed);
                if (isRetrieval)
                {
                    return SearchEmbedder.Run(output, EmbedderSearchJob.Begin(embedder.OptionsOf(parsed, options, heldout, heldoutWindows, target, mmap), parsed.GetValue(outFile)!, commandLine, reporter, TimeProvider.System, stop), reporter, parsed.GetValue(json));
                }

                job = SearchJob.Begin(options, parsed.GetValue(outFile)!, commandLine, reporter, TimeProvider.System, stop);
            }

            SearchResult result;
            try
            {
                result = job.Run();
            }
            finally
            {
                reporter.Clear();
            }

            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(result.Printed()));
                return ExitCodes.Done;
            }

            var (best, trials) = result.Outcome;
            var heldoutPerplexity = result.Heldout.Perplexity;
            output.WriteLine($"perplexity on the search windows {best.Perplexity:F4}, on held-out windows {heldoutPerplexity.Value:F4} (95 % {heldoutPerplexity.Low:F4} .. {heldoutPerplexity.High:F4})");
            output.WriteLine($"rescale factors: {string.Join(' ', best.Point.RescaleFactors.Select(f => $"{f:0.####}"))}; start tokens {best.Point.StartTokens}; attention factor {best.Point.AttentionFactor:F4}");
            output.WriteLine($"{trials.Count:N0} candidates, {result.TokensEvaluated:N0} tokens in {Display.Duration(result.Seconds)}");
            output.WriteLine($"written: {result.Out}; records: {result.Folder}");
            return ExitCodes.Done;
        }));
        return command;
    }
}
