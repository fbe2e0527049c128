using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk bench longembed: what each method of longer windows is worth to an embedder.</summary>
internal static class LongEmbedCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Embedder();
        var methods = new Option<string[]>("--methods")
        {
            HelpName = "LIST",
            Description = $"all, or names and specs with commas between them: {string.Join(", ", EmbedderMethods.Names)}; specs as embed --method takes them, e.g. grouped:group=4. none is always there. Default: all that fit the model.",
            AllowMultipleArgumentsPerToken = true,
        };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Tokens that the methods make room for; what is longer is cut there, and counted. Default: eight times the model's window." };
        var lengths = new Option<string?>("--lengths") { HelpName = "TOKENS", Description = "Lengths of the documents of passkey, needle and pairs: a list, or FIRST..LAST by doublings. Default: 256..32768." };
        var tasks = new Option<string?>("--tasks") { HelpName = "LIST", Description = $"Names with commas between them: {string.Join(", ", LongTasks.Names)}. Default: passkey, needle, pairs where --pairs is given, and what --data has." };
        var data = new Option<string?>("--data")
        {
            HelpName = "FOLDER",
            Description = $"Real texts: a folder for each task by its name, with {string.Join(", ", LongEmbedFolder.FileNames)} as LongEmbed has them; qmsum also with {string.Join(", ", QMSumFolder.FileNames)} as QMSum's authors publish them.",
        };
        var pairs = new Option<string[]>("--pairs")
        {
            HelpName = "FILE",
            Description = "Text files, and folders of .txt files, that nothing was trained on: the task pairs, whose documents are passages of them and whose queries are what follows a passage.",
            AllowMultipleArgumentsPerToken = true,
        };
        var factors = new Option<string?>("--factors") { HelpName = "FILE", Description = "A factors file, as search and extend write it: the method longrope." };
        var logN = new Option<bool>("--log-n") { Description = "Scale attention's queries by max(1, ln n / ln L) too, as LongEmbed's code does by default." };
        var documents = new Option<int>("--documents") { HelpName = "N", Description = "Documents of each length of passkey, needle and pairs.", DefaultValueFactory = _ => 100 };
        var queries = new Option<int>("--queries") { HelpName = "N", Description = "Queries of each length of passkey, needle and pairs.", DefaultValueFactory = _ => 50 };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Of the texts of passkey, needle and pairs and of the intervals. The same seed gives the same result.", DefaultValueFactory = _ => 0 };
        var pooling = EmbedderChoices.PoolingOption();
        var queryPrompt = new Option<string?>("--query-prompt") { HelpName = "TEXT", Description = "Put before each query, e.g. \"query: \". Default: the model's prompt of the name query." };
        var documentPrompt = new Option<string?>("--document-prompt") { HelpName = "TEXT", Description = "Put before each document, e.g. \"passage: \". Default: the model's prompt of the name passage or document." };
        var outFolder = new Option<string?>("--out") { HelpName = "PATH", Description = "Folder for records, report and MTEB's files, absent or empty. Default: out/longembed-1, -2, ..." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Stop after the estimate." };
        var resume = Options.Resume(LongEmbedJob.Kind);
        var json = Options.Json();
        var threads = Options.Threads();
        var command = new Command("longembed", "LongEmbed: retrieval over long documents under each method, without training. Example: ropewalk bench longembed --to 2048; ropewalk bench longembed e5-base --to 4096 --query-prompt \"query: \" --document-prompt \"passage: \"")
        {
            model, methods, to, lengths, tasks, data, pairs, factors, logN, documents, queries, seed, pooling, queryPrompt, documentPrompt, outFolder, dryRun, resume, json, threads,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            LongEmbedJob job;
            if (parsed.GetValue(resume) is { } stopped)
            {
                Options.RequireAlone(parsed, resume, json, threads);
                var summary = RunSummary.Of(RunSummary.Records(stopped));
                if (summary is { State: RunState.Done, Manifest.Kind: LongEmbedJob.Kind })
                {
                    error.WriteLine($"this run is finished, nothing is left to do: {stopped}");
                    if (parsed.GetValue(json))
                    {
                        output.Write(File.ReadAllText(Path.Combine(summary.Folder, RunFolder.ResultName)));
                    }

                    return ExitCodes.Done;
                }

                job = LongEmbedJob.Resume(summary.Folder, reporter, TimeProvider.System, stop);
            }
            else
            {
                if (parsed.GetValue(model) is null)
                {
                    reporter.Line($"no MODEL given: measuring the embedded embedder {Options.EmbedderName}");
                }

                var options = new LongEmbedOptions
                {
                    Model = parsed.GetValue(model) ?? Options.DefaultEmbedder,
                    Methods = parsed.GetValue(methods) is { Length: > 0 } list ? [.. list] : [EmbedderMethods.Everything],
                    TargetContext = parsed.GetValue(to) is { } target ? Options.AtLeast("--to", target, 2) : null,
                    Lengths = parsed.GetValue(lengths) is { } range ? Lengths(range) : [],
                    Tasks = parsed.GetValue(tasks) is { } names ? [.. names.Split(',', StringSplitOptions.TrimEntries)] : [],
                    Data = parsed.GetValue(data),
                    Pairs = Options.Files(parsed.GetValue(pairs)),
                    Factors = parsed.GetValue(factors),
                    LogN = parsed.GetValue(logN),
                    Documents = parsed.GetValue(documents),
                    Queries = parsed.GetValue(queries),
                    Seed = parsed.GetValue(seed),
                    Pooling = EmbedderChoices.PoolingOf(parsed.GetValue(pooling)),
                    QueryPrompt = parsed.GetValue(queryPrompt),
                    DocumentPrompt = parsed.GetValue(documentPrompt),
                };
                job = LongEmbedJob.Begin(options, parsed.GetValue(outFolder) ?? ExtendCommand.FreeFolder("longembed"), Options.CommandLine(parsed), reporter, TimeProvider.System, stop);
            }

            LongEmbedResult? result;
            try
            {
                result = job.Run(parsed.GetValue(dryRun));
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

            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(LongEmbedRecord.WithTimes(result)));
            }
            else
            {
                LongEmbedTable.Write(output, result);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    /// <summary>"256,512" or "256..32768" by doublings.</summary>
    private static ImmutableArray<int> Lengths(string text)
    {
        if (text.Split("..") is not [var first, var last])
        {
            return GridSpec.Lengths(text);
        }

        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var low) || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var high) || low < 2 || high < low)
        {
            throw new UserInputException($"--lengths: found \"{Printable.OneLine(text, 60)}\", expected FIRST..LAST in tokens such as 256..32768, or a list such as 256,512,1024");
        }

        var lengths = ImmutableArray.CreateBuilder<int>();
        for (long length = low; length <= high; length *= 2)
        {
            lengths.Add((int)length);
        }

        return lengths.ToImmutable();
    }
}
