using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Progressive;

/// <summary>A folder that comes back from another program: it must be the model that went out, with other numbers in its tensors.</summary>
internal static class OutsideModel
{
    /// <summary>Opens and checks it.</summary>
    /// <param name="folder">What came back.</param>
    /// <param name="original">The model before all stages.</param>
    /// <param name="scaling">The encoding that it was to be tuned under.</param>
    /// <param name="length">The window.</param>
    /// <exception cref="CheckpointFormatException">Architecture, vocabulary, tensors, shapes or encoding are others.</exception>
    public static CheckpointFolder Open(string folder, string original, RopeScaling scaling, int length)
    {
        var returned = CheckpointFolder.Open(folder);
        try
        {
            using var before = CheckpointFolder.Open(original);
            Compare(returned, before, "model_type");
            Compare(returned, before, "vocab_size");
            RequireTensors(returned, before);
            RequireVocabulary(folder, original);
            if (ModelLoader.RopeOf(returned).Scaling.At(length).Fingerprint != scaling.At(length).Fingerprint)
            {
                throw new CheckpointFormatException(returned.ConfigPath, "rope_scaling", $"another encoding at {length} tokens", "the one in the config.json of the folder that went out: is it the model of another stage?");
            }

            return returned;
        }
        catch
        {
            returned.Dispose();
            throw;
        }
    }

    /// <summary>Copies its weights, with what the original folder has beside its own.</summary>
    /// <param name="returned">What came back.</param>
    /// <param name="original">The model before all stages.</param>
    /// <param name="config">The config to be.</param>
    /// <param name="target">Where to.</param>
    public static string Copy(CheckpointFolder returned, string original, JsonObject config, string target)
    {
        using var folder = AtomicFolder.Create(target);
        foreach (var path in returned.Files.Select(f => f.Path).Append(Path.Combine(returned.Folder, CheckpointFolder.IndexName)).Where(File.Exists))
        {
            folder.Write(Path.GetFileName(path), stream => CheckpointExporter.Copy(path, stream), new FileInfo(path).Length);
        }

        foreach (var (name, bytes) in ModelOutput.OtherFiles(original))
        {
            folder.WriteAllBytes(name, bytes);
        }

        folder.WriteAllText(CheckpointFolder.ConfigName, config.ToJsonString(CheckpointExporter.Json) + "\n");
        folder.Commit();
        return target;
    }

    private static void Compare(Checkpoint returned, Checkpoint before, string key)
    {
        static string Value(Checkpoint c, string key) => c.Config.TryGetProperty(key, out var value) ? value.GetRawText() : "nothing";
        var (found, expected) = (Value(returned, key), Value(before, key));
        if (found != expected)
        {
            throw new CheckpointFormatException(returned.ConfigPath, key, found, $"{expected}, as the model that went out has it");
        }
    }

    private static void RequireTensors(Checkpoint returned, Checkpoint before)
    {
        foreach (var name in before.TensorNames)
        {
            var expected = Shape(before.Find(name)!);
            var found = returned.Find(name) is { } tensor ? Shape(tensor) : "nothing";
            if (found != expected)
            {
                throw new CheckpointFormatException(returned.WeightsPath, $"tensor '{name}'", found, $"{expected}, as the model that went out has it");
            }
        }

        static string Shape(CheckpointTensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";
    }

    /// <summary>A trainer may leave the tokenizer out, or write the same one in other words.</summary>
    private static void RequireVocabulary(string folder, string original)
    {
        if (Tokenizer.Files(folder).Count == 0)
        {
            return;
        }

        var (found, expected) = (Tokenizer.Load(folder), Tokenizer.Load(original));
        var file = Path.Combine(folder, "tokenizer.json");
        if (found.VocabularySize != expected.VocabularySize)
        {
            throw new CheckpointFormatException(file, "vocab", $"{found.VocabularySize} tokens", $"{expected.VocabularySize}, as the model that went out has it");
        }

        for (var id = 0; id < expected.VocabularySize; id++)
        {
            if (found.TokenText(id) != expected.TokenText(id))
            {
                throw new CheckpointFormatException(file, $"token {id}", $"\"{Printable.OneLine(found.TokenText(id), 40)}\"", $"\"{Printable.OneLine(expected.TokenText(id), 40)}\", as the model that went out has it");
            }
        }
    }
}
