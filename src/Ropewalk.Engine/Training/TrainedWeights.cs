using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>The parameters of a network, one for each product, norm and bias, and the way to and from the tensors of a checkpoint, where several
/// products may share a tensor.</summary>
internal sealed class TrainedWeights : IDisposable
{
    private readonly Architecture _architecture;
    private readonly NetworkSpec _spec;
    private readonly Dictionary<(TensorRole Role, int Layer, bool IsBias), Parameter> _parameters = [];

    /// <summary>Allocates zeros.</summary>
    public TrainedWeights(Architecture architecture, NetworkSpec spec)
    {
        _architecture = architecture;
        _spec = spec;
        foreach (var (role, layer, name, shape) in RequiredTensors.Of(architecture, spec))
        {
            var isBias = name.EndsWith(".bias", StringComparison.Ordinal);
            var parts = PartsOf(role);
            foreach (var part in parts)
            {
                var kind = isBias ? ParameterKind.Bias : shape.Length == 1 ? ParameterKind.Scale : KindOf(role);
                var rows = parts.Length == 1 ? (int)shape[0] : RowsOf(part);
                var full = parts.Length == 1 ? name : $"{name}#{part}";
                _parameters[(part, layer, isBias)] = shape.Length == 1 ? new Parameter(full, 1, rows, kind) : new Parameter(full, rows, (int)shape[1], kind) { IsAdded = role is TensorRole.AttentionOutput or TensorRole.Down };
            }
        }
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Parameter> All => _parameters.Values;

    /// <summary>One of them, or null where the network has none.</summary>
    public Parameter? Find(TensorRole role, int layer = 0, bool isBias = false) => _parameters.GetValueOrDefault((role, layer, isBias));

    /// <summary>The layers' matrices as a checkpoint stores them.</summary>
    public IEnumerable<StoredProduct> Products()
    {
        foreach (var (role, layer, name, shape) in RequiredTensors.Of(_architecture, _spec))
        {
            if (RequiredTensors.IsOfLayer(role) && shape.Length == 2)
            {
                yield return new StoredProduct(name[..^".weight".Length], layer, PartsOf(role), Places(role, (int)shape[0]));
            }
        }
    }

    /// <summary>Reads the tensors of a checkpoint, of any stored type.</summary>
    /// <exception cref="CheckpointFormatException">Tensors are missing, have another shape, or hold numbers that are not finite.</exception>
    public void Load(Checkpoint checkpoint)
    {
        var tensors = TensorLoader.Check(checkpoint, _architecture, _spec);
        foreach (var (role, layer, name, _) in RequiredTensors.Of(_architecture, _spec))
        {
            var tensor = tensors[name];
            var isVector = tensor.Shape.Length == 1;
            var bytes = new byte[tensor.RowBytes];
            var values = new float[tensor.Columns];
            var places = Places(role, isVector ? values.Length : (int)tensor.NumRows);
            for (var row = 0; row < tensor.NumRows; row++)
            {
                tensor.ReadRows(row, bytes);
                Blocks.ToSingle(tensor.Type, bytes, 0, values);
                if (Array.FindIndex(values, v => !float.IsFinite(v)) is >= 0 and var at)
                {
                    throw new CheckpointFormatException(tensor.File, tensor.Name, $"{values[at]} at element {((long)row * values.Length) + at}", "finite numbers");
                }

                if (!isVector)
                {
                    var (part, place) = places[row];
                    values.CopyTo(_parameters[(part, layer, false)].RowSpan(place, 1));
                    continue;
                }

                for (var i = 0; i < values.Length; i++)
                {
                    var (part, place) = places[i];
                    _parameters[(part, layer, name.EndsWith(".bias", StringComparison.Ordinal))].RowSpan(0, 1)[place] = values[i];
                }
            }
        }
    }

    /// <summary>The tensors of a checkpoint.</summary>
    /// <param name="type">Stored type of the matrices; vectors are float32 unless this is a type of 16 bits.</param>
    /// <param name="change">What is added to rows of a product's weight before they are written: role, layer, first row, rows.</param>
    public IEnumerable<TensorSource> Tensors(StoredType type, RowsChange? change = null)
    {
        foreach (var (role, layer, name, shape) in RequiredTensors.Of(_architecture, _spec))
        {
            yield return new TensorSource(name, type, shape, stream => Write(stream, role, layer, name, shape, type, change));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private void Write(Stream stream, TensorRole role, int layer, string name, long[] shape, StoredType type, RowsChange? change)
    {
        var isBias = name.EndsWith(".bias", StringComparison.Ordinal);
        var places = Places(role, (int)shape[0]);
        if (shape.Length == 1)
        {
            TensorSource.WriteSingles(stream, type, [.. places.Select(p => _parameters[(p.Part, layer, isBias)].RowSpan(0, 1)[p.Row])]);
            return;
        }

        var values = new float[shape[1]];
        foreach (var (part, row) in places)
        {
            _parameters[(part, layer, false)].RowSpan(row, 1).CopyTo(values);
            change?.Invoke(part, layer, row, values);
            TensorSource.WriteSingles(stream, type, values);
        }
    }

    /// <summary>For each row of a stored tensor the product that it belongs to and its row there.</summary>
    private (TensorRole Part, int Row)[] Places(TensorRole role, int numRows)
    {
        var places = new (TensorRole Part, int Row)[numRows];
        var parts = PartsOf(role);
        foreach (var part in parts)
        {
            for (var row = 0; row < (parts.Length == 1 ? numRows : RowsOf(part)); row++)
            {
                var stored = parts.Length == 1 ? row : role == TensorRole.GateUp ? (part == TensorRole.Gate ? row : _spec.Shape.FeedForwardWidth + row) : _architecture.FusedRow(_spec.Shape, part, row);
                places[stored] = (part, row);
            }
        }

        return places;
    }

    private static ParameterKind KindOf(TensorRole role) => role switch
    {
        TensorRole.Embedding or TensorRole.TokenTypeEmbedding => ParameterKind.Embedding,
        TensorRole.PositionEmbedding => ParameterKind.Position,
        _ => ParameterKind.Matrix,
    };

    private static TensorRole[] PartsOf(TensorRole role) => role switch
    {
        TensorRole.QueryKeyValue => [TensorRole.Query, TensorRole.Key, TensorRole.Value],
        TensorRole.GateUp => [TensorRole.Gate, TensorRole.Up],
        _ => [role],
    };

    private int RowsOf(TensorRole part) => part switch
    {
        TensorRole.Query => _spec.Shape.NumHeads * _spec.Shape.HeadWidth,
        TensorRole.Key or TensorRole.Value => _spec.Shape.NumKeyValueHeads * _spec.Shape.HeadWidth,
        _ => _spec.Shape.FeedForwardWidth,
    };
}
