using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Takes a model's tensors out of a checkpoint. First every name and shape is checked and all that is wrong is told at once, and
/// whether the weights fit into memory; then each is read, checked for numbers that are not finite, and packed in its stored type.</summary>
internal sealed class TensorLoader
{
    private readonly Checkpoint _checkpoint;
    private readonly Architecture _architecture;
    private readonly DecoderSpec _spec;
    private readonly Dictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Checks the checkpoint against what the network needs.</summary>
    /// <exception cref="CheckpointFormatException">Tensors are missing or have another shape.</exception>
    /// <exception cref="UnsupportedCheckpointException">The weights do not fit into this machine's memory.</exception>
    public TensorLoader(Checkpoint checkpoint, Architecture architecture, DecoderSpec spec)
    {
        _checkpoint = checkpoint;
        _architecture = architecture;
        _spec = spec;
        var missing = new List<string>();
        var misshapen = new List<string>();
        foreach (var (_, _, name, shape) in RequiredTensors.Of(architecture, spec))
        {
            if (checkpoint.Find(name) is not { } tensor)
            {
                missing.Add(name);
                continue;
            }

            _tensors[name] = tensor;
            if (!tensor.Shape.SequenceEqual(shape))
            {
                misshapen.Add($"{name} {Text(tensor.Shape)} instead of {Text(shape)}");
            }
        }

        if (missing.Count > 0)
        {
            throw new CheckpointFormatException(
                checkpoint.WeightsPath, "tensors", $"{missing.Count} missing: {List(missing)}", $"the {missing.Count + _tensors.Count} tensors that the config calls for");
        }

        if (misshapen.Count > 0)
        {
            throw new CheckpointFormatException(checkpoint.WeightsPath, "tensors", $"{misshapen.Count} of another shape: {List(misshapen)}", "the shapes that the config calls for");
        }

        RequireMemory();
        NoteUnused();
    }

    /// <summary>A norm, or null where the architecture has none.</summary>
    public Norm? OptionalNorm(TensorRole role, int layer) => _architecture.Names.ContainsKey(role) ? Norm(role, layer) : null;

    /// <summary>A norm that every architecture has.</summary>
    public Norm Norm(TensorRole role, int layer)
    {
        var weight = Vector(_architecture.NameOf(role, layer));
        for (var i = 0; _spec.NormOffset != 0 && i < weight.Length; i++)
        {
            weight[i] += _spec.NormOffset;
        }

        return new Norm(weight, _spec.UsesLayerNorm ? Vector(_architecture.NameOf(role, layer, ".bias")) : null, _spec.Epsilon);
    }

    /// <summary>A product, with its bias where it has one; one part of a fused product where the checkpoint stores it so.</summary>
    public Linear Linear(TensorRole role, int layer)
    {
        var (stored, numRows, source) = Place(role);
        var bias = _architecture.NameOf(stored, layer, ".bias");
        float[]? biasN = null;
        if (_tensors.ContainsKey(bias))
        {
            var whole = Vector(bias);
            biasN = source is null ? whole : [.. Enumerable.Range(0, numRows).Select(row => whole[source(row)])];
        }

        return new Linear(Matrix(_architecture.NameOf(stored, layer), source, numRows), biasN);
    }

    /// <summary>A matrix without a bias.</summary>
    public PackedMatrix Matrix(TensorRole role) => Matrix(_architecture.NameOf(role, 0), null, _spec.Shape.VocabularySize);

    /// <summary>Where a product's rows lie: its own tensor, or some rows of a fused one.</summary>
    private (TensorRole Stored, int NumRows, Func<int, int>? Source) Place(TensorRole role)
    {
        var shape = _spec.Shape;
        switch (role)
        {
            case TensorRole.Query or TensorRole.Key or TensorRole.Value:
                var rows = (role == TensorRole.Query ? shape.NumHeads : shape.NumKeyValueHeads) * shape.HeadWidth;
                return _architecture.Names.ContainsKey(role) ? (role, rows, null) : (TensorRole.QueryKeyValue, rows, row => _architecture.FusedRow(shape, role, row));
            case TensorRole.Gate or TensorRole.Up when !_architecture.Names.ContainsKey(role):
                var first = role == TensorRole.Gate ? 0 : shape.FeedForwardWidth;
                return (TensorRole.GateUp, shape.FeedForwardWidth, row => first + row);
            default:
                return (role, role is TensorRole.Gate or TensorRole.Up ? shape.FeedForwardWidth : shape.HiddenWidth, null);
        }
    }

    private float[] Vector(string name)
    {
        var tensor = _tensors[name];
        var values = new float[tensor.Columns];
        var bytes = new byte[tensor.RowBytes];
        tensor.ReadRows(0, bytes);
        Decode(tensor.Type, bytes, values);
        RequireFinite(values, tensor, 0);
        return values;
    }

    /// <summary>Rows of a matrix, packed panel by panel.</summary>
    private PackedMatrix Matrix(string name, Func<int, int>? source, int numRows)
    {
        var tensor = _tensors[name];
        var columns = (int)tensor.Columns;
        var type = tensor.Type == GgmlType.BF16 ? PanelType.BFloat16 : PanelType.Float32;
        var matrix = new PackedMatrix(numRows, columns, type);
        var rowBytes = (int)tensor.RowBytes;
        var bytes = new byte[MicroKernel.Columns * rowBytes];
        var values = new float[MicroKernel.Columns * columns];
        for (var panel = 0; panel < matrix.NumPanels; panel++)
        {
            var count = matrix.RowsOf(panel);
            for (var row = 0; row < count;)
            {
                // Rows that follow each other in the file too are read at once.
                var at = (panel * MicroKernel.Columns) + row;
                var from = source?.Invoke(at) ?? at;
                var run = 1;
                while (row + run < count && (source?.Invoke(at + run) ?? (at + run)) == from + run)
                {
                    run++;
                }

                var chunk = bytes.AsSpan(0, run * rowBytes);
                tensor.ReadRows(from, chunk);
                var target = values.AsSpan(row * columns, run * columns);
                Decode(tensor.Type, chunk, target);
                RequireFinite(target, tensor, (long)from * columns);
                row += run;
            }

            matrix.SetPanel(panel, values.AsSpan(0, count * columns));
        }

        return matrix;
    }

    private void RequireMemory()
    {
        var bytes = _tensors.Values.Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b) / Math.Max(1, t.Columns) * t.RowBytes);
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            throw new UnsupportedCheckpointException(
                _checkpoint.WeightsPath, "weights", $"a model of {bytes / 1e9:F1} GB in memory", $"what fits into this machine's {available / 1e9:F1} GB");
        }
    }

    private void NoteUnused()
    {
        var head = _architecture.NameOf(TensorRole.Head, 0);
        var extra = _checkpoint.TensorNames
            .Where(n => !_tensors.ContainsKey(n) && !n.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) && n != head).ToList();
        if (extra.Count > 0)
        {
            _checkpoint.AddNote($"{extra.Count} tensors that this model does not use: {List(extra)}");
        }
    }

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string List(List<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", ..." : string.Empty);

    private static void RequireFinite(ReadOnlySpan<float> values, CheckpointTensor tensor, long firstElement)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new CheckpointFormatException(tensor.File, tensor.Name, $"{values[i]} at element {firstElement + i}", "finite numbers");
            }
        }
    }

    private static void Decode(GgmlType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case GgmlType.F32:
                System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case GgmlType.BF16:
                Bfloat16.ToSingle(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case GgmlType.F16:
                Float16.ToSingle(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BitConverter.ToDouble(bytes[(8 * i)..]);
                }

                break;
        }
    }
}
