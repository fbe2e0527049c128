using System.CommandLine;
using System.Globalization;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>ropewalk extend for embedders: no search, a method is written into the checkpoint.</summary>
internal sealed class ExtendEmbedder
{
    private readonly Option<string?> _method = new("--method")
    {
        HelpName = "SPEC",
        Description = $"For embedders, which are extended without a search: {WritableMethod.Forms}. What no checkpoint can hold (self-extend, chunk, ...) is told to ropewalk embed --method.",
    };

    private readonly Option<string?> _pooling = EmbedderChoices.PoolingOption();

    /// <summary>The options that only embedders have.</summary>
    public IEnumerable<Option> All => [_method, _pooling];

    /// <summary>Runs where the model is an embedder.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">MODEL, or null for the embedded one.</param>
    /// <param name="others">Options that mean the same here: target, output folder, JSON, threads.</param>
    /// <param name="freeFolder">Names an output folder where none is given.</param>
    /// <param name="output">For the result.</param>
    /// <param name="error">For progress.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>An exit code, or null where the model is none.</returns>
    public int? Run(ParseResult parsed, string? model, (Option<int?> To, Option<string?> Out, Option<bool> Json, Option<int?> Threads) others, Func<string> freeFolder, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var method = parsed.GetValue(_method);
        var pooling = parsed.GetValue(_pooling);
        if (model is null || (pooling is null && !EmbedderExtension.IsEmbedder(model)))
        {
            return method is null && pooling is null ? null
                : throw new UserInputException($"{(method is null ? "--pooling" : "--method")}: found it for a language model, expected an embedder (an encoder, a folder with modules.json, or a decoder with --pooling); ropewalk export writes a scaling into a language model");
        }

        Option[] known = [_method, _pooling, others.To, others.Out, others.Json, others.Threads];
        if (parsed.CommandResult.Children.OfType<System.CommandLine.Parsing.OptionResult>().FirstOrDefault(o => !o.Implicit && !known.Contains(o.Option)) is { } other)
        {
            throw new UserInputException($"{other.Option.Name}: found it for an embedder, expected {string.Join(", ", known.Select(o => o.Name))}: embedders are extended without a search");
        }

        var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
        EmbedderExtensionResult result;
        var folder = parsed.GetValue(others.Out) ?? freeFolder();
        try
        {
            result = EmbedderExtension.Run(
                new EmbedderExtensionOptions
                {
                    Model = model,
                    Target = parsed.GetValue(others.To),
                    Method = method ?? throw new UserInputException($"--method: found none for an embedder, expected one: {WritableMethod.Forms}"),
                    Out = folder,
                    Pooling = EmbedderChoices.PoolingOf(pooling),
                },
                reporter.Live,
                stop);
        }
        finally
        {
            reporter.Clear();
        }

        if (!result.Receipt.Holds)
        {
            error.WriteLine("ropewalk: the export, read back from disk, does not give the vectors that the method gives in memory, or changes nothing: nothing was written");
            return ExitCodes.CheckFailed;
        }

        if (parsed.GetValue(others.Json))
        {
            output.Write(ResultJson.Serialize(ResultJson.With(result, ("out", folder))));
        }
        else
        {
            Write(output, result, folder);
        }

        return ExitCodes.Done;
    }

    private static void Write(TextWriter output, EmbedderExtensionResult result, string folder)
    {
        output.WriteLine($"{folder}: {result.Architecture}, {result.WindowBefore} tokens before, {result.Window} now, by {result.Method}{(result.TableRows is { } rows ? $" as a table of {rows} rows" : "")}");
        foreach (var change in result.Config)
        {
            output.WriteLine($"config.json: {change.Key}: {change.Before ?? "nothing"} -> {change.After ?? "nothing"}");
        }

        if (result.Receipt.LargestFrequencyChange is { } frequency)
        {
            output.WriteLine($"largest change of a frequency at {result.Window} tokens: {Number(100 * frequency)} %");
        }

        foreach (var probe in result.Receipt.Probes)
        {
            var change = probe.Cosine is { } cosine ? $"cosine with the original's vector {cosine.ToString("F6", CultureInfo.InvariantCulture)}, largest change {Number(probe.LargestChange!.Value)}" : "the original has no positions for it";
            output.WriteLine($"{probe.Tokens} tokens{(probe.FitsOldWindow ? "" : ", beyond the old window")}: {change}; read back: {(probe.IsMemorys ? "the method's own bits" : "other bits")}");
        }

        foreach (var note in result.Notes)
        {
            output.WriteLine($"note: {note}");
        }
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
