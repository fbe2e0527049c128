using System.CommandLine;
using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk search-docs: the vectors nearest to a query.</summary>
internal static class SearchDocsCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var index = new Argument<string>("INDEX") { Description = "Vectors that ropewalk embed wrote, .npy or .jsonl." };
        var query = new Argument<string>("QUERY") { Description = "What to look for." };
        var model = new Option<string?>("--model") { HelpName = "MODEL", Description = $"The embedder that the vectors are of. Default: the embedded embedder {Options.EmbedderName}." };
        var top = new Option<int>("--top") { HelpName = "K", Description = "Documents to show.", DefaultValueFactory = _ => 10 };
        var choices = new EmbedderChoices();
        var json = Options.Json();
        var threads = Options.Threads();
        var command = new Command("search-docs", "The documents nearest to a query, compared with every vector. Example: ropewalk search-docs vectors.npy \"who found the key?\" --model e5-base --prefix \"query: \"") { index, query, model, top };
        choices.All.ToList().ForEach(command.Add);
        command.Add(json);
        command.Add(threads);
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var count = Options.AtLeast("--top", parsed.GetValue(top), 1);
            var vectors = VectorFile.Read(parsed.GetValue(index)!);
            if (parsed.GetValue(model) is null)
            {
                error.WriteLine($"no --model given: the query is embedded with the embedded embedder {Options.EmbedderName}");
            }

            using var embedder = choices.Load(parsed, parsed.GetValue(model) ?? Options.DefaultEmbedder);
            if (embedder.Width != vectors.Width)
            {
                throw new UserInputException($"INDEX {vectors.Name}: found vectors of {vectors.Width} numbers, expected {embedder.Width} as {embedder.Model.Name} has them");
            }

            var found = vectors.Nearest(embedder.Embed([parsed.GetValue(query)!], choices.PromptOf(parsed, embedder), ["QUERY"], cancellationToken: stop)[0].Vector, count);
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new { Index = vectors.Name, vectors.Count, Found = found.Select(f => new { f.Id, f.Cosine }) }));
                return ExitCodes.Done;
            }

            foreach (var (id, cosine) in found)
            {
                output.WriteLine($"{cosine,8:F4}  {Engine.Formats.Printable.OneLine(id, 200)}");
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
