using System.CommandLine;
using System.Diagnostics;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk embed: texts to vectors.</summary>
internal static class EmbedCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Embedder();
        var input = new Option<string>("--in") { HelpName = "PATH", Description = "Texts: .jsonl (an object with id and text a line), .txt (a text a line), or a folder of .txt and .md files (a text each).", Required = true };
        var target = new Option<string>("--out") { HelpName = "FILE", Description = "Vectors: .npy (float32, ids beside it in FILE.ids.json) or .jsonl.", Required = true };
        var choices = new EmbedderChoices();
        var json = Options.Json();
        var threads = Options.Threads();
        var command = new Command("embed", "Turn texts into vectors. Example: ropewalk embed --in docs.txt --out vectors.npy; ropewalk embed e5-base --in docs.jsonl --out vectors.npy --prefix \"passage: \"") { model, input, target };
        choices.All.ToList().ForEach(command.Add);
        command.Add(json);
        command.Add(threads);
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var file = parsed.GetValue(target)!;
            if (!VectorFile.IsKnown(file))
            {
                throw new UserInputException($"--out: found {Printable.OneLine(file, 120)}, expected a name that ends in .npy or .jsonl");
            }

            OutputFolder.RequireFile(file, "--out");
            var texts = EmbedText.Read(parsed.GetValue(input)!);
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            if (parsed.GetValue(model) is null)
            {
                reporter.Line($"no MODEL given: embedding with the embedded embedder {Options.EmbedderName}");
            }

            using var embedder = choices.Load(parsed, parsed.GetValue(model) ?? Options.DefaultEmbedder);
            var prompt = choices.PromptOf(parsed, embedder);
            var watch = Stopwatch.StartNew();
            var vectors = embedder.Embed(
                [.. texts.Select(t => t.Text)],
                prompt,
                [.. texts.Select(t => t.Name)],
                (done, total) => reporter.Live(new JobProgress($"{texts.Count} texts", (double)done / total, done / watch.Elapsed.TotalSeconds, watch.Elapsed * ((double)(total - done) / done))),
                stop);
            reporter.Clear();
            VectorFile.Write(file, [.. texts.Select(t => t.Id)], vectors);
            var (seconds, tokens) = (watch.Elapsed.TotalSeconds, vectors.Sum(v => (long)v.Tokens));
            var chunked = vectors.Count(v => v.Chunks > 1);
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new
                {
                    Model = embedder.Model.Name,
                    Out = file,
                    Texts = vectors.Count,
                    embedder.Width,
                    embedder.Pooling,
                    embedder.Normalizes,
                    Prompt = prompt,
                    Method = embedder.Method.Spec,
                    embedder.MaxTokens,
                    Tokens = tokens,
                    Chunked = chunked,
                    Chunks = vectors.Sum(v => v.Chunks),
                    Seconds = seconds,
                    Notes = embedder.Tokenizer.Notes,
                }));
                return ExitCodes.Done;
            }

            output.WriteLine($"{file}: {vectors.Count:N0} vectors of {embedder.Width} numbers, {embedder.Pooling.ToString().ToLowerInvariant()} pooling{(embedder.Normalizes ? ", normalised" : "")}, method {embedder.Method.Spec}");
            output.WriteLine($"{tokens:N0} tokens in {Display.Duration(seconds)}, {tokens / Math.Max(seconds, 1e-9):N0} tokens/s; {(chunked == 0 ? "no text was cut" : $"{chunked:N0} texts of more than {embedder.MaxTokens} tokens were cut into {vectors.Where(v => v.Chunks > 1).Sum(v => v.Chunks):N0} pieces")}");
            return ExitCodes.Done;
        }));
        return command;
    }
}
