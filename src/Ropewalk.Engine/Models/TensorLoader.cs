using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;
using MemoryMarshal = System.Runtime.InteropServices.MemoryMarshal;

namespace Ropewalk.Engine.Models;

/// <summary>Takes a model's tensors out of a checkpoint. First every name and shape is checked and all that is wrong is told at once, and
/// whether the weights fit into memory; then each is read, checked for numbers that are not finite, and packed in its stored type. The
/// matrices belong to whoever asked for them, unless <see cref="Release"/> is called.</summary>
internal sealed class TensorLoader
{
    private readonly Checkpoint _checkpoint;
    private readonly Architecture _architecture;
    private readonly NetworkSpec _spec;
    private readonly Dictionary<string, CheckpointTensor> _tensors;
    private readonly List<PackedMatrix> _made = [];

    // Rows on their way into a matrix. One buffer for all: a new one for each matrix would leave hundreds of megabytes to the collector.
    private byte[] _rows = [];
    private float[] _singles = [];

    /// <summary>Checks the checkpoint against what the network needs.</summary>
    /// <exception cref="CheckpointFormatException">Tensors are missing or have another shape.</exception>
    /// <exception cref="UnsupportedCheckpointException">The weights do not fit into this machine's memory.</exception>
    public TensorLoader(Checkpoint checkpoint, Architecture architecture, NetworkSpec spec)
    {
        _checkpoint = checkpoint;
        _architecture = architecture;
        _spec = spec;
        _tensors = Check(checkpoint, architecture, spec);
        MemoryNeed.Require(checkpoint.WeightsPath, _tensors.Values);
        NoteUnused();
    }

    /// <summary>The tensors that a network needs, by name.</summary>
    /// <exception cref="CheckpointFormatException">Tensors are missing or have another shape: all of them are listed.</exception>
    public static Dictionary<string, CheckpointTensor> Check(Checkpoint checkpoint, Architecture architecture, NetworkSpec spec)
    {
        var tensors = new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal);
        var missing = new List<string>();
        var misshapen = new List<string>();
        foreach (var (_, _, name, shape) in RequiredTensors.Of(architecture, spec))
        {
            if (checkpoint.Find(name) is not { } tensor)
            {
                missing.Add(name);
                continue;
            }

            tensors[name] = tensor;
            if (!tensor.Shape.SequenceEqual(shape))
            {
                misshapen.Add($"{name} {Text(tensor.Shape)} instead of {Text(shape)}");
            }
        }

        if (missing.Count > 0)
        {
            throw new CheckpointFormatException(
                checkpoint.WeightsPath, "tensors", $"{missing.Count} missing: {List(missing)}", $"the {missing.Count + tensors.Count} tensors that the config calls for");
        }

        return misshapen.Count == 0
            ? tensors
            : throw new CheckpointFormatException(checkpoint.WeightsPath, "tensors", $"{misshapen.Count} of another shape: {List(misshapen)}", "the shapes that the config calls for");
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

        var bias = !_spec.UsesLayerNorm ? null : _spec.NormBias ? Vector(_architecture.NameOf(role, layer, ".bias")) : new float[weight.Length];
        return new Norm(weight, bias, _spec.Epsilon);
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
    public PackedMatrix Matrix(TensorRole role)
    {
        var name = _architecture.NameOf(role, 0);
        return Matrix(name, null, (int)_tensors[name].NumRows);
    }

    /// <summary>A matrix without a bias, or null where the architecture has none.</summary>
    public PackedMatrix? OptionalMatrix(TensorRole role) => _architecture.Names.ContainsKey(role) && _tensors.ContainsKey(_architecture.NameOf(role, 0)) ? Matrix(role) : null;

    /// <summary>Frees every matrix made so far, after a failure.</summary>
    public void Release() => _made.ForEach(m => m.Dispose());

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
        RequireFinite(tensor, 0, bytes);
        Blocks.ToSingle(tensor.Type, bytes, 0, values);
        return values;
    }

    /// <summary>Rows of a matrix in their stored type: blocks of a mapped file stay where they are, all else is packed panel by panel.</summary>
    private unsafe PackedMatrix Matrix(string name, Func<int, int>? source, int numRows)
    {
        var tensor = _tensors[name];
        var columns = (int)tensor.Columns;
        var rowBytes = (int)tensor.RowBytes;
        if (tensor.Mapped is not null and var mapped && GgmlTypes.IsQuantized(tensor.Type))
        {
            for (var row = 0; row < numRows; row++)
            {
                var from = source?.Invoke(row) ?? row;
                RequireFinite(tensor, from, new ReadOnlySpan<byte>(mapped + ((tensor.RowOrder?[from] ?? from) * (long)rowBytes), rowBytes));
            }

            var order = source is null ? tensor.RowOrder : [.. Enumerable.Range(0, numRows).Select(row => tensor.RowOrder?[source(row)] ?? source(row))];
            return PackedMatrix.Over(mapped, numRows, columns, tensor.Type, order);
        }

        var matrix = new PackedMatrix(numRows, columns, tensor.Type == GgmlType.F64 ? GgmlType.F32 : tensor.Type);
        _made.Add(matrix);
        var bytes = Reserve(ref _rows, MicroKernel.Columns * rowBytes);
        for (var panel = 0; panel < matrix.NumPanels; panel++)
        {
            var first = panel * MicroKernel.Columns;
            var count = matrix.RowsOf(panel);
            for (var row = 0; row < count;)
            {
                // Rows that follow each other in the file too are read at once.
                var from = source?.Invoke(first + row) ?? (first + row);
                var run = 1;
                while (row + run < count && (source?.Invoke(first + row + run) ?? (first + row + run)) == from + run)
                {
                    run++;
                }

                var chunk = bytes.Slice(row * rowBytes, run * rowBytes);
                tensor.ReadRows(from, chunk);
                RequireFinite(tensor, from, chunk);
                row += run;
            }

            SetPanel(matrix, panel, tensor.Type, bytes[..(count * rowBytes)]);
        }

        return matrix;
    }

    private void SetPanel(PackedMatrix matrix, int panel, GgmlType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case GgmlType.F32:
                matrix.SetPanel(panel, MemoryMarshal.Cast<byte, float>(bytes));
                break;
            case GgmlType.F16 or GgmlType.BF16:
                matrix.SetPanel(panel, MemoryMarshal.Cast<byte, ushort>(bytes));
                break;
            case GgmlType.F64:
                var values = Reserve(ref _singles, bytes.Length / sizeof(double));
                Blocks.ToSingle(type, bytes, 0, values);
                matrix.SetPanel(panel, values);
                break;
            default:
                matrix.SetRows(panel * MicroKernel.Columns, bytes);
                break;
        }
    }

    private void NoteUnused()
    {
        var head = _architecture.Names.ContainsKey(TensorRole.Head) ? _architecture.NameOf(TensorRole.Head, 0) : null;
        var extra = _checkpoint.TensorNames
            .Where(n => !_tensors.ContainsKey(n) && !n.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) && n != head).ToList();
        if (extra.Count > 0)
        {
            _checkpoint.AddNote($"{extra.Count} tensors that this model does not use: {List(extra)}");
        }
    }

    private static Span<T> Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[length];
        }

        return buffer.AsSpan(0, length);
    }

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string List(List<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", ..." : string.Empty);

    /// <summary>Refuses rows that hold a number that is not finite, and says which.</summary>
    private static void RequireFinite(CheckpointTensor tensor, long firstRow, ReadOnlySpan<byte> rows)
    {
        if (Blocks.IsFinite(tensor.Type, rows))
        {
            return;
        }

        var values = new float[tensor.Columns];
        var rowBytes = (int)tensor.RowBytes;
        for (var row = 0; row < rows.Length / rowBytes; row++)
        {
            Blocks.ToSingle(tensor.Type, rows.Slice(row * rowBytes, rowBytes), 0, values);
            var at = Array.FindIndex(values, v => !float.IsFinite(v));
            if (at >= 0)
            {
                throw new CheckpointFormatException(tensor.File, tensor.Name, $"{values[at]} at element {((firstRow + row) * values.Length) + at}", "finite numbers");
            }
        }

        throw new CheckpointFormatException(tensor.File, tensor.Name, $"a scale that is not finite in row {firstRow}", "finite numbers");
    }
}
