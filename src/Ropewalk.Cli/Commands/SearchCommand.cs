using System.CommandLine;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk search: the LongRoPE search alone; writes factors.json.</summary>
internal static class SearchCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var to = new Option<int>("--to") { HelpName = "TOKENS", Description = "Target window in tokens.", Required = true };
        var text = Options.Text("Text files to search on. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var outFile = new Option<string>("--out") { HelpName = "PATH", Description = "Factors file to write.", DefaultValueFactory = _ => "factors.json" };
        var population = new Option<int>("--population") { HelpName = "N", Description = "Individuals.", DefaultValueFactory = _ => 64 };
        var iterations = new Option<int>("--iterations") { HelpName = "N", Description = "Iterations.", DefaultValueFactory = _ => 40 };
        var windows = new Option<int>("--windows") { HelpName = "N", Description = "Windows that a candidate is judged on.", DefaultValueFactory = _ => 5 };
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var seed = Options.Seed();
        var attention = new Option<string?>("--attention-factor") { HelpName = "POLICY", Description = "su, yarn or a number. Where it is given, or with --fixed-temperature, it is not searched. Default: su." };
        var choices = new SearchOptions();
        var target = new Option<string>("--target") { HelpName = "NAME", Description = "huggingface or ropewalk (searches start tokens too).", DefaultValueFactory = _ => "huggingface" };
        var json = Options.Json();
        var threads = Options.Threads();
        var mmap = Options.Mmap();
        var command = new Command("search", "Search rescale factors for a longer window and write them to a file. Example: ropewalk search my-model --to 32768 --text books/*.txt --out factors.json")
        {
            model, to, text, heldout, outFile, choices.Algorithm, choices.Objective, choices.FixedTemperature, choices.Monotone, choices.RaceLevel, population, iterations, windows, heldoutWindows, seed, attention, target, json, threads, mmap,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var file = parsed.GetValue(outFile)!;
            OutputFolder.RequireFile(file);

            var folder = parsed.GetValue(model)!;
            using var loaded = ModelLoader.Load(folder, parsed.GetValue(mmap));
            ExtendJob.RequireUnscaled(loaded, folder);
            var tokenizer = Tokenizer.Load(folder);
            ExtendJob.RequireTokensInVocabulary(tokenizer, loaded, folder);
            var geometry = loaded.Rope.Geometry;
            var length = parsed.GetValue(to);
            ExtendJob.RequireTarget(length, geometry.OriginalContext);
            var scale = (double)length / geometry.OriginalContext;
            var options = new ExtendOptions
            {
                Model = folder,
                Out = file,
                Texts = [.. parsed.GetValue(text) ?? []],
                Heldout = [.. parsed.GetValue(heldout) ?? []],
                Windows = Options.AtLeast("--windows", parsed.GetValue(windows), 1),
                HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                Seed = parsed.GetValue(seed),
            };
            var (searchSet, heldoutSet) = ExtendJob.PlanWindows(options, tokenizer, length);
            var settings = new SearchSettings
            {
                LargestHundredths = SearchSettings.PaperBound(scale),
                StartTokens = ExtendCommand.Target(parsed.GetValue(target)!) == ExportTarget.Ropewalk ? SearchSettings.PaperStartTokens : [0],
                Seed = options.Seed,
            }.Resized(Options.AtLeast("--population", parsed.GetValue(population), 4), Options.AtLeast("--iterations", parsed.GetValue(iterations), 0));
            using var evaluator = new Evaluator(loaded);
            var factor = ExtendJob.AttentionFactor(parsed.GetValue(attention) ?? "su", scale, geometry.OriginalContext);
            var algorithm = choices.AlgorithmOf(parsed);
            var search = new FactorSearch(evaluator, geometry, searchSet, factor) { Judged = SearchObjective.Windows(choices.ObjectiveOf(parsed), searchSet, geometry.OriginalContext, tokenizer, options.Seed) };
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            var clock = new JobClock(new CostModel(1, 0), ((double)algorithm.Cost(settings, searchSet.Windows.Length) * length) + heldoutSet.NumTokens, reporter, () => evaluator.TokensEvaluated) { Stage = "search" };
            evaluator.WindowDone = clock.WindowDone;
            var best = double.PositiveInfinity;
            var count = 0;
            var problem = search.Problem(settings) with
            {
                FixedTemperature = parsed.GetValue(choices.FixedTemperature) || parsed.GetValue(attention) is not null,
                Monotone = parsed.GetValue(choices.Monotone),
                RaceLevel = choices.RaceLevelOf(parsed),
            };
            var answers = new RememberingEvaluator(search.Answers(stop));
            var (winner, all) = FactorSearch.Run(
                algorithm,
                problem,
                answers,
                batch =>
                {
                    best = Math.Min(best, batch.Min(t => t.Dropped ? double.PositiveInfinity : t.Perplexity));
                    count += batch.Count;
                    clock.Stage = $"search round {batch[0].Round + 1}, best {best:F4}, {count:N0} evaluations";
                });
            var scaling = new LongRopeScaling(geometry, [search.Entry(winner.Point)]);
            var result = new HeldoutScorer(evaluator, tokenizer, heldoutSet, options.Seed).Measure(ExtendJob.WinnerName, scaling.Spec, length, scaling.At(length), stop);
            double Perplexity(Candidate c) =>
                Math.Exp(answers.Evaluate([new EvaluationRequest(new SearchPoint(c.RescaleFactors, c.StartTokens, factor), 0, answers.NumWindows)])[0].Average());
            reporter.Clear();
            RopeFactorsFile.Write(file, scaling, length);
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new
                {
                    Model = loaded.Name,
                    geometry.OriginalContext,
                    TargetContext = length,
                    winner.Point.RescaleFactors,
                    winner.Point.StartTokens,
                    Algorithm = algorithm.Name,
                    winner.Point.AttentionFactor,
                    SearchPerplexity = winner.Perplexity,
                    HeldoutPerplexity = result.Perplexity.Value,
                    HeldoutCi95 = new[] { result.Perplexity.Low, result.Perplexity.High },
                    Baselines = EvolutionAlgorithm.Seeds(problem).Zip(["linear", "ntk", "yarn"], (seedCandidate, name) => new { Method = name + " seed", SearchPerplexity = Perplexity(seedCandidate) }),
                    Evaluations = all.Count,
                    evaluator.TokensEvaluated,
                    Seconds = clock.Elapsed,
                    Out = file,
                }));
                return ExitCodes.Done;
            }

            output.WriteLine($"perplexity on the search windows {winner.Perplexity:F4}, on held-out windows {result.Perplexity.Value:F4} (95 % {result.Perplexity.Low:F4} .. {result.Perplexity.High:F4})");
            output.WriteLine($"rescale factors: {string.Join(' ', winner.Point.RescaleFactors)}; start tokens {winner.Point.StartTokens}; attention factor {winner.Point.AttentionFactor:F4}");
            output.WriteLine($"{all.Count:N0} candidates, {evaluator.TokensEvaluated:N0} tokens in {Display.Duration(clock.Elapsed)}");
            output.WriteLine($"written: {file}");
            return ExitCodes.Done;
        }));
        return command;
    }
}
