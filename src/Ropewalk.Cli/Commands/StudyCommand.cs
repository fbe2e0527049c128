using System.CommandLine;
using System.Globalization;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Lab.Studies;
using Ropewalk.Positions.Scaling;
using Spectre.Console;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk study: a table of a paper, repeated on a model at hand.</summary>
internal static class StudyCommand
{
    public static Command Create(TextWriter output, TextWriter error) =>
        new("study", "Repeat a table of a paper on your model. Example: ropewalk study start-tokens my-model --to 32768 --text books/*.txt") { StartTokens(output, error), StudyTuningCommand.Create(output, error), StudyBaseCommand.Create(output, error), StudyEmbeddersCommand.Create(output, error) };

    private static Command StartTokens(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var to = new Option<int>("--to") { HelpName = "TOKENS", Description = "Window in tokens, longer than the model's.", Required = true };
        var text = Options.Text("Text files, and folders of .txt files, to search on. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var algorithm = new Option<string>("--algorithm") { HelpName = "NAME", Description = "What searches: evolution (start tokens are one more gene), or another one, which chooses them last.", DefaultValueFactory = _ => "evolution" };
        var population = new Option<int>("--population") { HelpName = "N", Description = "Individuals of the search.", DefaultValueFactory = _ => 64 };
        var iterations = new Option<int>("--iterations") { HelpName = "N", Description = "Iterations of the search.", DefaultValueFactory = _ => 40 };
        var windows = new Option<int>("--windows") { HelpName = "N", Description = "Windows that a candidate is judged on.", DefaultValueFactory = _ => 5 };
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var seed = Options.Seed();
        var json = Options.Json();
        var threads = Options.Threads();
        var command = new Command("start-tokens", "What keeping the first positions unscaled is worth: LongRoPE's tables 2 (a sweep under linear interpolation and dynamic NTK) and 11 (factors searched alone, and with start tokens).")
        {
            model, to, text, heldout, algorithm, population, iterations, windows, heldoutWindows, seed, json, threads,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var folder = parsed.GetValue(model)!;
            var searcher = SearchAlgorithms.Named(parsed.GetValue(algorithm)!);
            using var loaded = ModelLoader.Load(folder);
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
                Out = "",
                Texts = Options.Files(parsed.GetValue(text)),
                Heldout = Options.Files(parsed.GetValue(heldout)),
                Windows = Options.AtLeast("--windows", parsed.GetValue(windows), 1),
                HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                Seed = parsed.GetValue(seed),
            };
            var (searchSet, heldoutSet) = ExtendJob.PlanWindows(options, tokenizer, length);
            var settings = new SearchSettings { LargestHundredths = SearchSettings.PaperBound(scale), Seed = options.Seed }
                .Resized(Options.AtLeast("--population", parsed.GetValue(population), 4), Options.AtLeast("--iterations", parsed.GetValue(iterations), 0));
            using var evaluator = new Evaluator(loaded);
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            var passes = (2.0 * SearchSettings.PaperStartTokens.Length) + 3;
            var work = (((2.0 * searcher.Cost(settings, searchSet.Windows.Length)) + (passes * searchSet.Windows.Length)) * length) + (passes * heldoutSet.NumTokens);
            var clock = new JobClock(new CostModel(1, 0), work, reporter, () => evaluator.TokensEvaluated) { Stage = "sweep" };
            evaluator.WindowDone = clock.WindowDone;
            var scorer = new HeldoutScorer(evaluator, tokenizer, heldoutSet, options.Seed);
            var study = new StartTokensStudy(evaluator, geometry, searchSet, scorer, stop);
            var sweep = study.Sweep();
            clock.Stage = "search";
            var searched = study.Search(searcher, settings, AttentionFactors.Su(scale, geometry.OriginalContext));
            reporter.Clear();
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new
                {
                    Model = loaded.Name,
                    geometry.OriginalContext,
                    TargetContext = length,
                    Algorithm = searcher.Name,
                    settings.Evaluations,
                    Sweep = sweep.Select(Record),
                    Searched = searched.Select(Record),
                    Bootstrap = scorer.BootstrapAt(length).Unit,
                    evaluator.TokensEvaluated,
                    Seconds = clock.Elapsed,
                }));
                return ExitCodes.Done;
            }

            Write(output, "Start tokens under a published method (table 2)", "no start tokens", sweep);
            Write(output, "Searched (table 11)", "factors alone", searched);
            output.WriteLine($"{searchSet.Windows.Length} search and {heldoutSet.Windows.Length} held-out windows of {length} tokens; {searcher.Name}, {settings.Evaluations:N0} candidates at most; intervals: paired bootstrap over {scorer.BootstrapAt(length).Unit}; {evaluator.TokensEvaluated:N0} tokens in {Display.Duration(clock.Elapsed)}");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static object Record(StartTokensRow row) => new
    {
        row.Method,
        row.StartTokens,
        row.SearchPerplexity,
        row.HeldoutPerplexity,
        Ci95 = new[] { row.Low, row.High },
        DifferenceNats = double.IsNaN(row.Difference) ? null : new[] { row.Difference, row.DifferenceLow, row.DifferenceHigh },
    };

    // A negative number that rounds to nothing would be written "-+0.0000".
    private static string Nats(double value) => (Math.Round(value, 4) + 0.0).ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture);

    private static void Write(TextWriter output, string title, string against, IReadOnlyList<StartTokensRow> rows)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle(title) };
        foreach (var (column, right) in new[] { ("method", false), ("start tokens", true), ("search", true), ("held-out", true), ("95 %", true), ($"nats against {against} (95 %)", true) })
        {
            table.AddColumn(right ? new TableColumn(column).RightAligned() : new TableColumn(column));
        }

        foreach (var row in rows)
        {
            table.AddRow(
                row.Method,
                $"{row.StartTokens}",
                $"{row.SearchPerplexity:F4}",
                $"{row.HeldoutPerplexity:F4}",
                $"{row.Low:F3} .. {row.High:F3}",
                double.IsNaN(row.Difference) ? "" : $"{Nats(row.Difference)} ({Nats(row.DifferenceLow)} .. {Nats(row.DifferenceHigh)})");
        }

        Terminal.On(output).Write(table);
    }
}
