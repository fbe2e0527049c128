using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Training;

namespace Ropewalk.Lab.Training;

/// <summary>All that a run needs to go on as if it had never stopped, in one file that is replaced whole: trained parameters, moments, the loss of every
/// step, and the settings. Order of the data and random positions are functions of the step.</summary>
internal static class TrainingCheckpoint
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string Name = "training.safetensors";

    private const string Losses = "losses";
    private const string Norms = "gradient norms";

    /// <summary>Writes it, on the disk before it takes the last one's place.</summary>
    /// <exception cref="StorageException">It could not be written; the last one is as it was.</exception>
    public static void Write(string folder, string identity, IEnumerable<Parameter> parameters, AdamW optimizer, IReadOnlyList<double> losses, IReadOnlyList<double> norms)
    {
        TensorSource[] tensors =
        [
            .. parameters.Select(p => TrainingTensors.Source(p)), .. optimizer.Tensors(), History(Losses, losses), History(Norms, norms),
        ];
        SafetensorsWriter.Write(Path.Combine(folder, Name), tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["run"] = identity });
    }

    /// <summary>Reads it back.</summary>
    /// <returns>Losses and gradient norms of the steps done.</returns>
    /// <exception cref="CheckpointFormatException">It is damaged, or of another model or run.</exception>
    public static (List<double> Losses, List<double> Norms) Read(string folder, string identity, IEnumerable<Parameter> parameters, AdamW optimizer)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, Name));
        var found = file.Metadata.GetValueOrDefault("run", "nothing");
        if (found != identity)
        {
            throw new CheckpointFormatException(file.Path, "run", Difference(found, identity), $"{Difference(identity, found)}, as this run has it");
        }

        foreach (var parameter in parameters)
        {
            TrainingTensors.Load(file, parameter);
        }

        var losses = History(file, Losses);
        optimizer.Load(file, losses.Count);
        return (losses, History(file, Norms));
    }

    private static TensorSource History(string name, IReadOnlyList<double> values) =>
        TensorSource.FromBytes(name, StoredType.F64, [values.Count], MemoryMarshal.AsBytes<double>(values.ToArray()).ToArray());

    private static List<double> History(SafetensorsFile file, string name)
    {
        var length = file.Tensors.TryGetValue(name, out var entry) && entry.Shape is [var count] ? count : 0;
        var tensor = TrainingTensors.Find(file, name, StoredType.F64, [length]);
        var values = new double[tensor.Elements];
        file.ReadBytes(tensor, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return [.. values];
    }

    /// <summary>The first line in which two identities differ.</summary>
    private static string Difference(string text, string other)
    {
        var (a, b) = (text.Split('\n'), other.Split('\n'));
        return a.Where((line, i) => i >= b.Length || line != b[i]).FirstOrDefault("less").Trim();
    }
}
