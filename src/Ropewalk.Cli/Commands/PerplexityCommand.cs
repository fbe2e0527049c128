using System.CommandLine;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk perplexity: one model, one scaling, one window length.</summary>
internal static class PerplexityCommand
{
    private const int PositionBuckets = 16;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var text = Options.Text("Text files, and folders of .txt files, to score.");
        text.Required = true;
        var context = new Option<int>("--context") { HelpName = "TOKENS", Description = "Tokens of a window.", Required = true };
        var scaling = Options.Scaling();
        var plan = Options.Plan();
        var windows = new Option<int>("--windows") { HelpName = "N", Description = "Windows at most, evenly spaced; 0 for all.", DefaultValueFactory = _ => 0 };
        var seed = Options.Seed();
        var json = Options.Json();
        var threads = Options.Threads();
        var mmap = Options.Mmap();
        var command = new Command("perplexity", "Perplexity of text in windows of a given length. Example: ropewalk perplexity my-model --text book.txt --context 4096 --scaling yarn:4")
        {
            model, text, context, scaling, plan, windows, seed, json, threads, mmap,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var length = Options.AtLeast("--context", parsed.GetValue(context), 2);
            using var loaded = ModelLoader.Load(parsed.GetValue(model)!, parsed.GetValue(mmap));
            var tokenizer = Tokenizer.Load(parsed.GetValue(model)!);
            ExtendJob.RequireTokensInVocabulary(tokenizer, loaded, parsed.GetValue(model)!);
            var rule = Scalings.Choose(parsed.GetValue(scaling), parsed.GetValue(plan), loaded);
            var documents = DefaultTexts.Read(Options.Files(parsed.GetValue(text)), tokenizer);
            var set = WindowPlanner.Consecutive(documents, length, tokenizer.AddsBos ? tokenizer.BosToken : null);
            if (set.Windows.Length == 0)
            {
                throw new UserInputException($"--text: found {documents.Max(d => d.Tokens.Length)} tokens in the longest text, expected at least one window of --context {length}");
            }

            set = set with { Windows = WindowPlanner.Spread(set.Windows, Options.AtLeast("--windows", parsed.GetValue(windows), 0)) };
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            using var evaluator = new Evaluator(loaded);
            var clock = new JobClock(new CostModel(1, 0), Math.Max(1, set.NumTokens), reporter, () => evaluator.TokensEvaluated) { Stage = $"{set.Windows.Length} windows" };
            evaluator.WindowDone = clock.WindowDone;
            var scorer = new HeldoutScorer(evaluator, tokenizer, set, parsed.GetValue(seed));
            var result = scorer.Measure(rule, length, stop);
            reporter.Clear();
            var positions = HeldoutScorer.ByPosition(result, PositionBuckets);
            var protocol = $"windows of {length} tokens{(tokenizer.AddsBos ? " with BOS in front" : "")}, one after the other; each token after a window's first scored once";
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new
                {
                    Model = loaded.Name,
                    Scaling = rule.Scaling.Spec,
                    Plan = rule.Plan.Spec,
                    Context = length,
                    Perplexity = result.Perplexity.Value,
                    result.Perplexity.Nll,
                    result.BitsPerByte,
                    result.Perplexity.Tokens,
                    Windows = set.Windows.Length,
                    Ci95 = new[] { result.Perplexity.Low, result.Perplexity.High },
                    ByPosition = positions.Select(p => new { p.End, p.Perplexity }),
                    Protocol = protocol,
                    Bootstrap = scorer.BootstrapAt(length).Unit,
                    Seconds = clock.Elapsed,
                    Notes = loaded.Rope.Notes.Concat(tokenizer.Notes),
                }));
                return ExitCodes.Done;
            }

            output.WriteLine($"perplexity {result.Perplexity.Value:F4} (95 % {result.Perplexity.Low:F4} .. {result.Perplexity.High:F4}), {result.Perplexity.Nll:F4} nats a token, {result.BitsPerByte:F4} bits a byte");
            output.WriteLine($"{loaded.Name}, {rule.Spec}: {result.Perplexity.Tokens:N0} tokens in {set.Windows.Length:N0} windows; {Display.Duration(clock.Elapsed)}");
            output.WriteLine($"protocol: {protocol}; interval: bootstrap over {scorer.BootstrapAt(length).Unit}");
            output.WriteLine("by position: " + string.Join("  ", positions.Select(p => $"..{p.End}: {p.Perplexity:F3}")));
            return ExitCodes.Done;
        }));
        return command;
    }
}
