using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Export;

/// <summary>Makes an embedder's window longer without training, and writes it as a folder that sentence-transformers loads: a method is a longer table of
/// learned positions, or keys of the config. Nothing appears under the target's name before it was read back and gave the method's own vectors.</summary>
public static class EmbedderExtension
{
    /// <summary>File with the proof.</summary>
    public const string ReceiptName = "receipt.json";

    private const int DefaultFactor = 8;

    // A table of so many rows would be larger than any model that has one.
    private const int LongestTarget = 1 << 22;

    /// <summary>Whether a path holds an embedder: an encoder, or a folder that sentence-transformers knows.</summary>
    public static bool IsEmbedder(string path)
    {
        if (Directory.Exists(path) && Path.Exists(Path.Combine(path, EmbedderSettingsReader.ModulesName)))
        {
            return true;
        }

        try
        {
            if (File.Exists(path))
            {
                using var checkpoint = ModelLoader.Open(path);
                return ModelLoader.IsEncoder(checkpoint);
            }

            var config = Path.Combine(path, CheckpointFolder.ConfigName);
            return File.Exists(config) && EncoderDescription.Find(JsonFile.Read(config), config) is not null;
        }
        catch (RopewalkException)
        {
            // Whoever opens it next says what is wrong.
            return false;
        }
    }

    /// <summary>Extends.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="stage">Told what begins.</param>
    /// <param name="cancellationToken">Stops between chunks of work; nothing is left behind.</param>
    /// <returns>What was written; where <see cref="EmbedderReceipt.Holds"/> is false nothing was.</returns>
    /// <exception cref="UserInputException">An option does not fit the model.</exception>
    /// <exception cref="CheckpointFormatException">The folder is damaged or contradicts itself.</exception>
    /// <exception cref="UnsupportedCheckpointException">Something in it is not run here.</exception>
    /// <exception cref="StorageException">The folder could not be written.</exception>
    public static EmbedderExtensionResult Run(EmbedderExtensionOptions options, Action<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (File.Exists(options.Model))
        {
            throw new UserInputException($"MODEL: found the file {options.Model}, expected an embedder's folder (ropewalk convert makes one of a GGUF file)");
        }

        OutputFolder.RequireEmpty(options.Out);
        stage?.Invoke("reading the embedder");
        var settings = EmbedderSettingsReader.Read(options.Model);
        using var original = TextEmbedder.Load(options.Model, new EmbedderOptions { Pooling = options.Pooling });
        var model = original.Model;
        var target = TargetOf(options.Target, model.Window);
        using var checkpoint = CheckpointFolder.Open(settings.ModelPath);
        var encoder = EncoderDescription.Find(checkpoint.Config, checkpoint.ConfigPath);
        var notes = new List<string>();
        var config = JsonObject.Create(checkpoint.Config)!;
        var method = EmbedderConfig.Write(config, model, encoder, WritableMethod.Of(options.Method, model, target), target, notes);

        stage?.Invoke("writing the folder");
        using var folder = AtomicFolder.Create(options.Out);
        var writer = new EmbedderFolder(options.Model, settings, folder, target, new EmbedderTokens(original.Tokenizer, original.Pooling, settings.ModelPath));
        writer.Write(checkpoint, config, encoder?.PositionTensor is { } name ? (NameIn(checkpoint, name), new WrittenTable(encoder, method, target)) : null);
        if (settings.Pooling is null)
        {
            writer.WriteModules(original.Pooling, original.Width);
        }

        cancellationToken.ThrowIfCancellationRequested();
        stage?.Invoke("reading it back");
        EmbedderReceipt receipt;
        using (var written = TextEmbedder.Load(Path.GetDirectoryName(folder.PathOf(EmbedderSettingsReader.ModulesName))!))
        {
            if (written.MaxTokens != target)
            {
                throw new InvalidOperationException($"the export takes texts of {written.MaxTokens} tokens in place of {target}");
            }

            receipt = EmbedderReceipt.Make(model, written.Model, method, original.Pooling, target, cancellationToken);
        }

        var result = new EmbedderExtensionResult(
            model.Name,
            model.Architecture,
            method.Spec,
            model.Window,
            target,
            original.Pooling,
            encoder is { PositionTensor: not null } ? encoder.FirstPosition + target : null,
            [.. ConfigChange.Between(checkpoint.Config, config)],
            receipt,
            [.. writer.Files, ReceiptName],
            [.. notes]);
        if (receipt.Holds)
        {
            writer.Add(ReceiptName, System.Text.Encoding.UTF8.GetBytes(ResultJson.Serialize(result)));
            folder.Commit();
        }

        return result;
    }

    private static int TargetOf(int? asked, int window)
    {
        var target = asked ?? (int)Math.Min((long)DefaultFactor * window, LongestTarget);
        return target > window && target <= LongestTarget
            ? target
            : throw new UserInputException($"--to: found {target}, expected more than the {window} tokens that the embedder takes already, and at most {LongestTarget}");
    }

    /// <summary>The table's name with the prefix of the larger model that the encoder was part of, if it has one.</summary>
    private static string NameIn(CheckpointFolder checkpoint, string name) =>
        checkpoint.TensorNames.FirstOrDefault(n => n == name) ?? checkpoint.TensorNames.First(n => n.EndsWith("." + name, StringComparison.Ordinal));
}
