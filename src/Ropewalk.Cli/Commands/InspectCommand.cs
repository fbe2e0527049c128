using System.CommandLine;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;
using Ropewalk.Positions.Laws;
using Ropewalk.Positions.Scaling;
using Spectre.Console;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk inspect: what a checkpoint's positions are, without loading its weights.</summary>
internal static class InspectCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string>("MODEL|config.json") { Description = "Hugging Face folder, GGUF file, or a config.json alone." };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Wanted window in tokens, for the base that reaches it. Default: eight times the original." };
        var length = new Option<int?>("--length") { HelpName = "TOKENS", Description = "Sequence length whose scaling is shown, in tokens. Default: the config's longest." };
        var scaling = Options.Scaling();
        var check = new Option<bool>("--check-tensors") { Description = "Read all weights and list the tensors that hold NaN or infinity: how many, and where the first is. Exit code 1 if there are any." };
        var strict = Options.Strict();
        var json = Options.Json();
        var command = new Command("inspect", "Show a checkpoint's rotary encoding: frequencies, wavelengths, factors in force, and what theory says of its reach. Example: ropewalk inspect my-model --length 8192")
        {
            model, to, length, scaling, check, strict, json,
        };
        command.SetAction(parsed => CommandHost.Run(error, null, stop =>
        {
            var (config, file, notes) = Read(parsed.GetValue(model)!, parsed.GetValue(strict));
            var nonFinite = parsed.GetValue(check) ? NonFinite(parsed.GetValue(model)!, stop) : null;
            var encoder = EncoderDescription.Find(config, file);
            var inspection = encoder is null ? null : EncoderInspection.Of(encoder, parsed.GetValue(model)!);
            if (encoder is { Rope: null })
            {
                return WriteTable(output, parsed.GetValue(json), parsed.GetValue(scaling), inspection!, file, nonFinite, notes);
            }

            var ofFull = RopeLayerTypes.Select(config, RopeLayerTypes.Full);
            var rope = encoder?.Rope ?? RopeConfigReader.Read(ofFull, file);
            if (encoder is null && !JsonElement.DeepEquals(ofFull, RopeLayerTypes.Select(config, RopeLayerTypes.Sliding)))
            {
                notes = [.. notes, "layers with a window have an encoding of their own; this is that of the layers with full attention"];
            }

            var rule = Scalings.Choose(parsed.GetValue(scaling), rope);
            var tokens = parsed.GetValue(length) is { } n ? Options.AtLeast("--length", n, 1) : rope.MaximumContext;
            var wanted = parsed.GetValue(to) is { } t ? Options.AtLeast("--to", t, 1) : checked(8L * rope.Geometry.OriginalContext);
            var frequencies = rule.At(tokens);
            var geometry = rope.Geometry;
            var factors = frequencies.RescaleFactors(geometry);
            var architecture = config.TryGetProperty("model_type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "unknown";
            var criticalDimension = RopeLaws.CriticalDimension(geometry);
            var hasCritical = criticalDimension > 0;
            var report = new
            {
                Architecture = architecture,
                geometry.Base,
                geometry.RotaryDimension,
                geometry.OriginalContext,
                MaximumContext = rope.MaximumContext,
                Scaling = rule.Spec,
                Length = tokens,
                frequencies.InverseFrequencies,
                frequencies.Wavelengths,
                RescaleFactors = factors,
                frequencies.AttentionFactor,
                frequencies.StartTokens,
                CriticalDimension = criticalDimension,
                CriticalPair = RopeLaws.CriticalPair(geometry),
                ExtrapolationLimit = hasCritical ? RopeLaws.ExtrapolationLimit(geometry, rule is BaseScaling changed ? changed.NewBase : geometry.Base) : double.NaN,
                Target = wanted,
                BaseForTarget = hasCritical ? RopeLaws.BaseForLength(geometry, wanted) : double.NaN,
                CriticalBase = geometry.OriginalContext > Math.Tau && wanted > Math.Tau ? RopeLaws.CriticalBase(geometry, wanted) : double.NaN,
                Fingerprint = frequencies.Fingerprint,
                NonFinite = nonFinite?.Select(t => new { t.Name, t.Count, t.First }),
                Notes = rope.Notes.Concat(notes).ToList(),
            };
            var code = nonFinite is { Count: > 0 } ? ExitCodes.CheckFailed : ExitCodes.Done;
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(inspection is null ? report : ResultJson.With(report, ("encoder", inspection.Record))));
                return code;
            }

            output.WriteLine($"{file}: {architecture}, base {geometry.Base}, {geometry.Pairs} rotary pairs, original window {Display.Length(geometry.OriginalContext)} tokens, config's window {Display.Length(rope.MaximumContext)}");
            inspection?.Write(output);
            output.WriteLine($"in force at {Display.Length(tokens)} tokens: {rule.Spec}, attention factor {frequencies.AttentionFactor:G7}{(frequencies.StartTokens > 0 ? $", start tokens {frequencies.StartTokens}" : "")}, SHA-256 {frequencies.Fingerprint[..16]}");
            output.WriteLine($"critical dimension {report.CriticalDimension} of {geometry.RotaryDimension} (pair {report.CriticalPair}); this base reaches {Tokens(report.ExtrapolationLimit)} tokens; for {Display.Length(wanted)} tokens a base of at least {Tokens(report.BaseForTarget)} (critical base {Tokens(report.CriticalBase)})");
            var table = new Table { Border = TableBorder.Simple };
            foreach (var header in new[] { "pair", "inverse frequency", "wavelength (tokens)", "rescale factor", "turns in the original window" })
            {
                table.AddColumn(new TableColumn(header).RightAligned());
            }

            for (var i = 0; i < frequencies.Pairs; i++)
            {
                table.AddRow($"{i}{(i == report.CriticalPair ? " *" : "")}", $"{frequencies.InverseFrequencies[i]:G8}", $"{frequencies.Wavelengths[i]:F1}", $"{factors[i]:F4}", $"{geometry.OriginalContext * geometry.InverseFrequency(i) / Math.Tau:F2}");
            }

            Terminal.On(output).Write(table);
            output.WriteLine("* the critical pair: from here on a pair does not complete a turn within the original window");
            foreach (var note in report.Notes)
            {
                output.WriteLine($"note: {note}");
            }

            WriteNonFinite(output, nonFinite);
            return code;
        }));
        return command;
    }

    /// <summary>A model with learned positions has no frequencies to show.</summary>
    private static int WriteTable(TextWriter output, bool isJson, string? scaling, EncoderInspection inspection, string file, List<(string Name, long Count, long First)>? nonFinite, IReadOnlyList<string> notes)
    {
        if (scaling is not null)
        {
            throw new UserInputException($"--scaling: found {Printable.OneLine(scaling, 60)} for a model with learned positions, expected none");
        }

        if (isJson)
        {
            output.Write(ResultJson.Serialize(ResultJson.With(inspection.Record, ("non_finite", ((object?)nonFinite?.Select(t => new { t.Name, t.Count, t.First }))!), ("notes", notes))));
        }
        else
        {
            output.WriteLine(file);
            inspection.Write(output);
            foreach (var note in notes)
            {
                output.WriteLine($"note: {note}");
            }

            WriteNonFinite(output, nonFinite);
        }

        return nonFinite is { Count: > 0 } ? ExitCodes.CheckFailed : ExitCodes.Done;
    }

    private static void WriteNonFinite(TextWriter output, List<(string Name, long Count, long First)>? nonFinite)
    {
        foreach (var (name, count, first) in nonFinite ?? [])
        {
            output.WriteLine($"not finite: {Printable.OneLine(name)}: {count} numbers, the first is element {first}");
        }

        if (nonFinite is { Count: 0 })
        {
            output.WriteLine("all weights are finite");
        }
    }

    private static string Tokens(double value) => double.IsFinite(value) ? value.ToString("N0") : "nothing defined";

    private static List<(string Name, long Count, long First)> NonFinite(string path, CancellationToken stop)
    {
        using var checkpoint = ModelLoader.Open(path);
        return [.. TensorCheck.NonFinite(checkpoint, stop)];
    }

    private static (JsonElement Config, string File, IReadOnlyList<string> Notes) Read(string path, bool strict)
    {
        if (!Directory.Exists(path) && path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return (JsonFile.Read(path), path, []);
        }

        using var checkpoint = ModelLoader.Open(path);
        if (strict)
        {
            Options.RequireNoNotes(checkpoint);
        }

        return (checkpoint.Config, checkpoint.ConfigPath, [.. checkpoint.Notes]);
    }
}
