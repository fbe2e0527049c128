using System.CommandLine;
using System.Diagnostics;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk convert: between Hugging Face folders and GGUF files, and between stored types.</summary>
internal static class ConvertCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var target = new Argument<string>("OUT.gguf|OUTDIR") { Description = "A new GGUF file (a name that ends in .gguf), or a new Hugging Face folder." };
        var type = new Option<string?>("--type")
        {
            HelpName = "TYPE",
            Description = $"How matrices are stored: {ModelConverter.TypeNames} (q8_0 in GGUF files only). Default: as they are; blocks of a quantised file become f32 in a folder, which holds their numbers exactly.",
        };
        var allow = new Option<bool>("--allow-nonfinite") { Description = "Write NaN and infinity too. Default: a model that holds them is refused." };
        var strict = Options.Strict();
        var json = Options.Json();
        var command = new Command("convert", "Convert between Hugging Face folders and GGUF files; floating-point weights come back bit for bit. Example: ropewalk convert my-model my-model.gguf --type q8_0")
        {
            model, target, type, allow, strict, json,
        };
        command.SetAction(parsed => CommandHost.Run(error, null, stop =>
        {
            var watch = Stopwatch.StartNew();
            var source = parsed.GetValue(model)!;
            if (parsed.GetValue(strict))
            {
                using var checkpoint = ModelLoader.Open(source);
                Options.RequireNoNotes(checkpoint);
            }

            var written = 0L;
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            var result = ModelConverter.Convert(source, parsed.GetValue(target)!, parsed.GetValue(type), (tensor, bytes) =>
            {
                stop.ThrowIfCancellationRequested();
                reporter.Live($"{tensor}  {written / 1e6:N0} MB written, {written / 1e6 / Math.Max(watch.Elapsed.TotalSeconds, 1e-3):N0} MB/s");
                written += bytes;
            }, parsed.GetValue(allow));
            reporter.Clear();
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new { Model = source, Out = parsed.GetValue(target), Tensors = result.NumTensors, Bytes = result.SizeBytes, Seconds = watch.Elapsed.TotalSeconds, result.Notes }));
                return ExitCodes.Done;
            }

            output.WriteLine($"{parsed.GetValue(target)}: {result.NumTensors} tensors, {result.SizeBytes / 1e6:N1} MB, {Display.Duration(watch.Elapsed.TotalSeconds)}");
            foreach (var note in result.Notes)
            {
                output.WriteLine($"note: {note}");
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
