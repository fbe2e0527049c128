using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>Writes a plan for a target, reads it back and compares before anything is in its place. What a target cannot express is refused before any work.</summary>
public static class PlanExporter
{
    /// <summary>Name of the plan beside the weights.</summary>
    public const string PlanName = "rope-plan.json";

    /// <summary>Exports.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="plan">Its positions.</param>
    /// <param name="target">For whom.</param>
    /// <param name="output">A new folder or .gguf file, which these targets need; a file for the others' text, or null.</param>
    /// <param name="writing">Told what is written before it is: tensor or file, bytes.</param>
    /// <exception cref="UserInputException">The target cannot express the plan, or the output cannot be used.</exception>
    /// <exception cref="UnsupportedCheckpointException">llama.cpp's graph of this architecture ignores the plan.</exception>
    /// <exception cref="StorageException">The disk is full or fails; nothing is left.</exception>
    public static PlanExport Export(Checkpoint checkpoint, RopePlan plan, PlanTarget target, string? output, Action<string, long>? writing = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        PlanOutput.Require(target, output);
        var notes = new List<string>();
        return target switch
        {
            PlanTarget.HuggingFaceV4 => Folder(checkpoint, plan, target, RopeConfigStyle.V4, output!, notes, writing),
            PlanTarget.HuggingFaceV5 => Folder(checkpoint, plan, target, RopeConfigStyle.V5, output!, notes, writing),
            PlanTarget.Gguf => Gguf(checkpoint, plan, output!, notes, writing),
            PlanTarget.Vllm => Vllm(checkpoint, plan, output, notes),
            PlanTarget.LlamaCpp => LlamaCpp(checkpoint, plan, output, notes),
            _ => Own(checkpoint, plan, output, notes),
        };
    }

    private static PlanExport Folder(Checkpoint checkpoint, RopePlan plan, PlanTarget target, RopeConfigStyle style, string output, List<string> notes, Action<string, long>? writing)
    {
        var scaling = ConfigScaling.Of(plan, PlanTargets.NameOf(target), notes);
        var config = JsonObject.Create(checkpoint.Config)!;
        notes.AddRange(RopeConfigWriter.Write(config, scaling, plan.TargetLength, style));
        ReadBack(checkpoint, plan, config);
        NoteEras(config, plan, style, notes);
        if (scaling is LinearScaling or DynamicNtkScaling)
        {
            notes.Add($"max_position_embeddings stays {plan.Geometry.OriginalContext}, the window before scaling, as Transformers and vLLM count it for {scaling.Name}: ask for {plan.TargetLength} tokens where a program takes a length");
        }

        var files = new List<string>();
        using var folder = AtomicFolder.Create(output);
        CheckpointExporter.WriteAllButConfig(checkpoint, folder, config, plan.TargetLength, files, notes, writing);
        folder.WriteAllText(PlanName, RopePlanFile.Serialize(plan));
        folder.WriteAllText(CheckpointFolder.ConfigName, config.ToJsonString(CheckpointExporter.Json) + "\n");

        // From the disk, weights and all, before the folder gets its name.
        RopeScaling read;
        using (var written = ModelLoader.Open(Path.GetDirectoryName(folder.PathOf(CheckpointFolder.ConfigName))!))
        {
            read = Compared(plan, ModelLoader.RopeOf(written), output);
        }

        folder.Commit();
        return Result(checkpoint, plan, target, [.. files, PlanName, CheckpointFolder.ConfigName], null, null, read, notes);
    }

    private static PlanExport Gguf(Checkpoint checkpoint, RopePlan plan, string output, List<string> notes, Action<string, long>? writing)
    {
        var scaling = ConfigScaling.Of(plan, "gguf", notes);
        var config = JsonObject.Create(checkpoint.Config)!;
        RopeConfigWriter.Write(config, scaling, plan.TargetLength, RopeConfigWriter.StyleFor(config), forTransformers: false);

        // context_length is what the program may allocate, whatever the method.
        config["max_position_embeddings"] = plan.TargetLength;
        if (scaling is LinearScaling)
        {
            config["original_max_position_embeddings"] = plan.Geometry.OriginalContext;
        }

        var temporary = PlanOutput.TemporaryFor(output);
        try
        {
            using var changed = new ReconfiguredCheckpoint(checkpoint, config);
            notes.AddRange(ModelConverter.WriteGguf(changed, checkpoint, temporary, null, writing, allowNonFinite: false));
            RopeScaling read;
            using (var written = ModelLoader.Open(temporary))
            {
                read = Compared(plan, ModelLoader.RopeOf(written), output);
            }

            File.Move(temporary, output, overwrite: false);
            return Result(checkpoint, plan, PlanTarget.Gguf, [output], null, $"llama-server -m {PlanOutput.Quoted(output)} -c {plan.TargetLength}", read, notes);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static PlanExport Vllm(Checkpoint checkpoint, RopePlan plan, string? output, List<string> notes)
    {
        var scaling = ConfigScaling.Of(plan, "vllm", notes);
        var overrides = VllmOverrides.Of(checkpoint.Config, scaling, plan.TargetLength, notes);
        var text = overrides.ToJsonString();
        var read = ReadBack(checkpoint, plan, VllmOverrides.Apply(checkpoint.Config, JsonNode.Parse(text)!.AsObject()));
        if (scaling is LongRopeScaling { Entries.Length: > 1 })
        {
            notes.Add($"vLLM chooses the long factors for every request when max_model_len is above {plan.Geometry.OriginalContext}, also for short ones");
        }

        var command = $"vllm serve {PlanOutput.Quoted(checkpoint.Location)} --max-model-len {plan.TargetLength} --hf-overrides {PlanOutput.Quoted(text)}";
        return Result(checkpoint, plan, PlanTarget.Vllm, PlanOutput.Save(output, text), text, command, read, notes);
    }

    private static PlanExport LlamaCpp(Checkpoint checkpoint, RopePlan plan, string? output, List<string> notes)
    {
        var own = ModelLoader.RopeOf(checkpoint);
        if (own.Scaling is not NoScaling)
        {
            throw new UserInputException($"--target llama.cpp: found a checkpoint that is scaled already ({own.Scaling.Spec}), expected plain positions: flags come on top of what the file has (--target gguf writes a file with this plan alone)");
        }

        var flags = LlamaCppFlags.Of(ConfigScaling.Of(plan, "llama.cpp", notes));
        var read = LlamaCppFlags.Read(flags, own.Geometry);
        Require(plan, read, "llama.cpp's flags");
        var text = string.Join(' ', flags);
        var file = checkpoint is CheckpointFolder ? "MODEL.gguf" : PlanOutput.Quoted(checkpoint.Location);
        if (checkpoint is CheckpointFolder)
        {
            notes.Add($"MODEL.gguf is the checkpoint as it is: ropewalk convert {PlanOutput.Quoted(checkpoint.Location)} MODEL.gguf");
        }

        // The server lowers -c to what the file says it was trained for (#17459).
        var command = $"llama-server -m {file} -c {plan.TargetLength} {text} --override-kv {ModelLoader.GgufNameOf(checkpoint)}.context_length=int:{plan.TargetLength}";
        return Result(checkpoint, plan, PlanTarget.LlamaCpp, PlanOutput.Save(output, text), text, command, read, notes);
    }

    private static PlanExport Own(Checkpoint checkpoint, RopePlan plan, string? output, List<string> notes)
    {
        var text = RopePlanFile.Serialize(plan);
        if (output is null)
        {
            return Result(checkpoint, plan, PlanTarget.Ropewalk, [], text, null, plan.Scaling, notes);
        }

        var temporary = PlanOutput.TemporaryFor(output);
        try
        {
            AtomicFile.WriteAllText(temporary, text);
            var read = RopePlanFile.Read(temporary, plan.Geometry).Scaling;
            Require(plan, read, output);
            File.Move(temporary, output, overwrite: false);
            return Result(checkpoint, plan, PlanTarget.Ropewalk, [output], text, null, read, notes);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads a config that is not on the disk.</summary>
    private static RopeScaling ReadBack(Checkpoint checkpoint, RopePlan plan, JsonObject config)
    {
        using var changed = new ReconfiguredCheckpoint(checkpoint, config);
        return Compared(plan, ModelLoader.RopeOf(changed), "the config to be written");
    }

    private static RopeScaling Compared(RopePlan plan, RopeConfig read, string what)
    {
        Require(plan, read.Scaling, what);
        return read.Scaling;
    }

    private static void Require(RopePlan plan, RopeScaling read, string what)
    {
        if (TableComparison.Worst(plan, read) is > 1 and var worst)
        {
            throw new UserInputException($"{what}: found other cosines and sines when read back ({worst:G3} times the tolerance), expected those of {plan.Spec}; nothing was left");
        }
    }

    /// <summary>What earlier releases of Transformers make of the keys that they know.</summary>
    private static void NoteEras(JsonObject config, RopePlan plan, RopeConfigStyle style, List<string> notes)
    {
        if (style == RopeConfigStyle.V5)
        {
            notes.Add("releases of Transformers before 5 and of vLLM before 0.11.1 do not read rope_parameters: for these --target huggingface-v4");
            return;
        }

        var root = RopeLayerTypes.Select(JsonSerializer.SerializeToElement(config), RopeLayerTypes.Full);
        foreach (var (era, name) in ((RopeConfigEra, string)[])[(RopeConfigEra.V4, "4.4x"), (RopeConfigEra.V457, "4.48 to 4.57")])
        {
            if (TableComparison.Worst(plan, RopeConfigReader.Read(root, CheckpointFolder.ConfigName, era).Scaling) > 1)
            {
                notes.Add($"Transformers {name} computes other frequencies from the same keys");
            }
        }
    }

    private static PlanExport Result(
        Checkpoint checkpoint, RopePlan plan, PlanTarget target, ImmutableArray<string> files, string? text, string? command, RopeScaling read, List<string> notes)
    {
        var before = ModelLoader.RopeOf(checkpoint).Scaling.At(plan.TargetLength);
        var after = read.At(plan.TargetLength);
        var change = after.InverseFrequencies.Zip(before.InverseFrequencies, (f, g) => f.Equals(g) ? 0 : Math.Abs((f / g) - 1)).Max();
        if (change <= 0 && after.AttentionFactor.Equals(before.AttentionFactor))
        {
            notes.Add("the frequencies are those that the checkpoint has already");
        }

        return new PlanExport(plan, target, files, text, command, before.Fingerprint, after.Fingerprint, change, [.. notes]);
    }
}
