using System.Collections.Immutable;
using System.CommandLine;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Studies;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk study embedders: which way to a longer window is best for which kind of positions.</summary>
internal static class StudyEmbeddersCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var models = new Argument<string[]>("MODEL") { Description = "Embedders, as bench longembed takes them.", Arity = ArgumentArity.ZeroOrMore };
        var to = new Option<string>("--to") { HelpName = "WINDOWS", Description = "Windows with commas between them, rising: 4x is four times --short, 2048 that many tokens.", DefaultValueFactory = _ => "2x,4x,8x,16x" };
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "How often passkey, needle and pairs are made anew.", DefaultValueFactory = _ => 3 };
        var methods = new Option<string[]>("--methods") { HelpName = "LIST", Description = "As bench longembed takes them; a name that a model cannot have is left out there. Default: all that fit.", AllowMultipleArgumentsPerToken = true };
        var @short = new Option<int?>("--short") { HelpName = "TOKENS", Description = "Length of the short documents, which show what a method costs where nothing had to be extended. Default: the shortest window of the models." };
        var lengths = new Option<string?>("--lengths") { HelpName = "TOKENS", Description = "Lengths of documents beside the short ones and each of --to: a list, or all for what lies between by doublings. Default: none." };
        var data = new Option<string?>("--data") { HelpName = "FOLDER", Description = "Real texts, as bench longembed takes them, such as qmsum; measured once for each window, not for each seed." };
        var pairs = new Option<string[]>("--pairs") { HelpName = "FILE", Description = "Text files, and folders of .txt files, that nothing was trained on: the task pairs.", AllowMultipleArgumentsPerToken = true };
        var factors = new Option<string[]>("--factors") { HelpName = "MODEL/TOKENS=FILE", Description = "A factors file for one model and window, e.g. my-model/1024=factors.json: the method longrope there.", AllowMultipleArgumentsPerToken = true };
        var documents = new Option<int>("--documents") { HelpName = "N", Description = "Documents of each length.", DefaultValueFactory = _ => 100 };
        var queries = new Option<int>("--queries") { HelpName = "N", Description = "Queries of each length.", DefaultValueFactory = _ => 50 };
        var queryPrompt = new Option<string?>("--query-prompt") { HelpName = "TEXT", Description = "Put before each query. Default: each model's prompt of the name query." };
        var documentPrompt = new Option<string?>("--document-prompt") { HelpName = "TEXT", Description = "Put before each document. Default: each model's prompt of the name passage or document." };
        var outFolder = new Option<string?>("--out") { HelpName = "DIR", Description = "Output folder, absent or empty. Default: out/study-embedders-1, -2, ..." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Stop after the estimate." };
        var command = new Command("embedders", "LongEmbed's question: each model under each method at each window, on passkey, needle, held-out pairs and real texts. Example: ropewalk study embedders rotary absolute --to 2x,4x,8x --pairs books/heldout --data longembed")
        {
            models, to, seeds, methods, @short, lengths, data, pairs, factors, documents, queries, queryPrompt, documentPrompt, outFolder, dryRun,
        };
        new ResumableStudy<EmbedderStudyResult>(output, error, EmbedderStudyJob.Kind)
        {
            Begin = (parsed, reporter, stop) =>
            {
                var window = EmbedderStudyModel.Read(parsed.GetValue(models) ?? []).Min(m => m.Window);
                var shortest = parsed.GetValue(@short) ?? window;
                if (shortest < 1 || shortest > window)
                {
                    throw new UserInputException($"--short: found {shortest}, expected 1 to {window} tokens, the shortest window of the models");
                }

                var targets = Amounts.Windows("--to", parsed.GetValue(to)!, shortest);
                var options = new EmbedderStudyOptions
                {
                    Models = [.. parsed.GetValue(models)!],
                    Short = shortest,
                    Targets = targets,
                    Seeds = parsed.GetValue(seeds),
                    Methods = parsed.GetValue(methods) is { Length: > 0 } list ? [.. list] : [EmbedderMethods.Everything],
                    Lengths = parsed.GetValue(lengths) switch { null => [], EmbedderMethods.Everything => Doublings(shortest, targets[^1]), var some => GridSpec.Lengths(some) },
                    Data = parsed.GetValue(data),
                    Pairs = Options.Files(parsed.GetValue(pairs)),
                    Factors = Factors(parsed.GetValue(factors) ?? []),
                    Documents = parsed.GetValue(documents),
                    Queries = parsed.GetValue(queries),
                    QueryPrompt = parsed.GetValue(queryPrompt),
                    DocumentPrompt = parsed.GetValue(documentPrompt),
                };
                var folder = parsed.GetValue(outFolder) ?? ExtendCommand.FreeFolder("study-embedders");
                var job = EmbedderStudyJob.Begin(options, folder, Options.CommandLine(parsed), reporter, TimeProvider.System, stop);
                return (() => job.Run(parsed.GetValue(dryRun)), folder, () => job.Estimate);
            },
            Resume = (records, reporter, stop) =>
            {
                var job = EmbedderStudyJob.Resume(records, reporter, TimeProvider.System, stop);
                return () => job.Run();
            },
            Json = result => ResultJson.Serialize(EmbedderStudyRecord.Of(result)),
            Write = EmbedderStudyTables.Write,
        }.AddTo(command);
        return command;
    }

    private static ImmutableArray<int> Doublings(int first, int last) =>
        [.. Enumerable.Range(0, 31).Select(i => (long)first << i).TakeWhile(n => n <= last).Select(n => (int)n)];

    private static Dictionary<string, string> Factors(string[] words)
    {
        var factors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            if (word.Split('=', 2) is not [{ Length: > 0 } place, { Length: > 0 } file] || !factors.TryAdd(place, file))
            {
                throw new UserInputException($"--factors: found \"{word}\", expected MODEL/TOKENS=FILE, each model and window once, e.g. my-model/1024=factors.json");
            }
        }

        return factors;
    }
}
