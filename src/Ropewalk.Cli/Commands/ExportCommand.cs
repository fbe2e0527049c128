using System.CommandLine;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk export: a model's positions for another program.</summary>
internal static class ExportCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var target = new Option<string>("--target") { HelpName = "NAME", Description = $"For whom: {PlanTargets.Names}. The first two write a folder, gguf a file, vllm the --hf-overrides string, llama.cpp flags, ropewalk the plan as JSON.", Required = true };
        var factors = new Option<string?>("--factors") { HelpName = "FILE", Description = "A factors file (what search and extend write) or a rope plan (what --target ropewalk writes). Default: what the checkpoint itself says, or --scaling." };
        var scaling = Options.Scaling();
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Target length in tokens. Default: what the factors or the method's factor say." };
        var outPath = new Option<string?>("--out") { HelpName = "PATH", Description = "A new folder (huggingface-*) or a new .gguf file, needed there; for the others a new file for the text. Default: the text goes to standard output." };
        var json = Options.Json();
        var command = new Command("export", "Write a model's positions for Transformers, vLLM or llama.cpp; each export is read back and compared, and what a target cannot express is refused. Example: ropewalk export my-model --factors factors.json --target gguf --out my-model-32k.gguf")
        {
            model, target, factors, scaling, to, outPath, json,
        };
        command.SetAction(parsed => CommandHost.Run(error, null, stop =>
        {
            var chosen = PlanTargets.Parse(parsed.GetValue(target)!);
            using var checkpoint = ModelLoader.Open(parsed.GetValue(model)!);
            var notes = new List<string>(checkpoint.Notes);
            var length = parsed.GetValue(to) is { } n ? Options.AtLeast("--to", n, 1) : (int?)null;
            var plan = RopePlan.Make(checkpoint, parsed.GetValue(factors), parsed.GetValue(scaling), length, notes);
            var result = PlanExporter.Export(checkpoint, plan, chosen, parsed.GetValue(outPath), (_, _) => stop.ThrowIfCancellationRequested());
            notes.AddRange(result.Notes);
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new
                {
                    Model = parsed.GetValue(model),
                    Target = PlanTargets.NameOf(chosen),
                    Scaling = plan.Spec,
                    OriginalLength = plan.Geometry.OriginalContext,
                    plan.TargetLength,
                    Out = parsed.GetValue(outPath),
                    result.Files,
                    result.Text,
                    Command = result.CommandLine,
                    result.OriginalFingerprint,
                    result.Fingerprint,
                    result.LargestChange,
                    Notes = notes,
                }));
                return ExitCodes.Done;
            }

            Write(output, error, result, notes, parsed.GetValue(outPath));
            return ExitCodes.Done;
        }));
        return command;
    }

    /// <summary>The text alone on standard output, so that it can be passed on; what there is to say beside it on standard error.</summary>
    private static void Write(TextWriter output, TextWriter error, PlanExport result, List<string> notes, string? path)
    {
        var isText = path is null;
        if (isText)
        {
            output.Write(result.Target == PlanTarget.Ropewalk ? result.Text : $"{result.Text}\n");
        }

        var said = isText ? error : output;
        var plan = result.Plan;
        said.WriteLine($"{(path is null ? PlanTargets.NameOf(result.Target) : $"{PlanTargets.NameOf(result.Target)}: {path}")}: {plan.Spec}, {Display.Length(plan.Geometry.OriginalContext)} to {Display.Length(plan.TargetLength)} tokens");
        said.WriteLine($"read back: the same cosines and sines; frequencies {result.OriginalFingerprint[..12]} -> {result.Fingerprint[..12]}, largest change {100 * result.LargestChange:F1} %");
        if (result.CommandLine is { } command)
        {
            said.WriteLine($"run: {command}");
        }

        foreach (var note in notes)
        {
            said.WriteLine($"note: {note}");
        }
    }
}
