using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Takes a model's tensors out of a folder: first every name and shape is checked and all that is wrong is told at once,
/// then each is read, checked for numbers that are not finite, and packed.</summary>
internal sealed class TensorLoader(CheckpointFolder folder)
{
    private string WeightsPath => folder.Files.Count == 1 ? folder.Files[0].Path : Path.Combine(folder.Folder, CheckpointFolder.IndexName);

    private readonly Dictionary<string, long[]> _required = [];
    private readonly List<string> _missing = [];
    private readonly List<string> _misshapen = [];

    /// <summary>Notes that a tensor of this shape must exist.</summary>
    public void Require(string name, params long[] shape)
    {
        _required[name] = shape;
        if (!folder.TryFind(name, out var entry, out _))
        {
            _missing.Add(name);
        }
        else if (!entry.Shape.SequenceEqual(shape))
        {
            _misshapen.Add($"{name} {Text(entry.Shape)} instead of {Text(shape)}");
        }
    }

    /// <summary>Throws one error that lists what is missing and what has another shape.</summary>
    public void ThrowIfWrong()
    {
        if (_missing.Count > 0)
        {
            throw new CheckpointFormatException(WeightsPath, "tensors", $"{_missing.Count} missing: {List(_missing)}", $"the {_required.Count} tensors that the config calls for");
        }

        if (_misshapen.Count > 0)
        {
            throw new CheckpointFormatException(WeightsPath, "tensors", $"{_misshapen.Count} of another shape: {List(_misshapen)}", "the shapes that the config calls for");
        }

        var extra = folder.TensorNames.Where(n => !_required.ContainsKey(n) && !n.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) && n != "lm_head.weight").ToList();
        if (extra.Count > 0)
        {
            folder.AddNote($"{extra.Count} tensors that this model does not use: {List(extra)}");
        }
    }

    /// <summary>A one-dimensional tensor as float32.</summary>
    public float[] Vector(string name)
    {
        var (entry, file) = Find(name);
        var values = new float[entry.Shape[0]];
        file.ReadAsSingle(entry, 0, values);
        RequireFinite(values, name, 0);
        return values;
    }

    /// <summary>One or more matrices of the same input width, stacked by rows, packed in their stored type.</summary>
    public PackedMatrix Matrix(params string[] names)
    {
        var parts = names.Select(name =>
        {
            var (entry, file) = Find(name);
            return (Name: name, Entry: entry, File: file);
        }).ToArray();
        var columns = (int)parts[0].Entry.Shape[1];
        var rows = parts.Sum(p => (int)p.Entry.Shape[0]);
        var type = parts.All(p => p.Entry.Type == StoredType.BF16) ? GgmlType.BF16 : GgmlType.F32;
        var matrix = new PackedMatrix(rows, columns, type);
        var buffer = new float[MicroKernel.Columns * columns];
        for (var panel = 0; panel < matrix.NumPanels; panel++)
        {
            var count = matrix.RowsOf(panel);
            for (var row = 0; row < count;)
            {
                var (part, at) = Locate(parts, (panel * MicroKernel.Columns) + row);
                var take = (int)Math.Min(count - row, part.Entry.Shape[0] - at);
                var target = buffer.AsSpan(row * columns, take * columns);
                part.File.ReadAsSingle(part.Entry, at * columns, target);
                RequireFinite(target, part.Name, at * columns);
                row += take;
            }

            matrix.SetPanel(panel, buffer.AsSpan(0, count * columns));
        }

        return matrix;
    }

    private static ((string Name, TensorEntry Entry, SafetensorsFile File) Part, long Row) Locate((string Name, TensorEntry Entry, SafetensorsFile File)[] parts, long row)
    {
        foreach (var part in parts)
        {
            if (row < part.Entry.Shape[0])
            {
                return (part, row);
            }

            row -= part.Entry.Shape[0];
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }

    private (TensorEntry Entry, SafetensorsFile File) Find(string name) =>
        folder.TryFind(name, out var entry, out var file) ? (entry, file) : throw new InvalidOperationException($"{name} was not required first");

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string List(List<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", ..." : string.Empty);

    private void RequireFinite(ReadOnlySpan<float> values, string name, long firstElement)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new CheckpointFormatException(WeightsPath, name, $"{values[i]} at element {firstElement + i}", "finite numbers");
            }
        }
    }
}
