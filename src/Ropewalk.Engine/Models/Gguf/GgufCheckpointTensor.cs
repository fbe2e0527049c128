using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>A tensor of a GGUF file as Hugging Face stores it: rows in its order, scales of norms without what GGUF adds.</summary>
internal sealed unsafe class GgufCheckpointTensor : CheckpointTensor
{
    private readonly GgufTensor _tensor;
    private readonly GgufFile _file;
    private readonly float _offset;
    private readonly bool _mapped;

    private GgufCheckpointTensor(string name, GgufTensor tensor, GgufFile file, int[]? rowOrder, float offset, bool mapped)
        : base(name, file.Path, tensor.Shape)
    {
        _tensor = tensor;
        _file = file;
        _offset = offset;
        _mapped = mapped;
        RowOrder = rowOrder;
    }

    /// <summary>Its name in the file.</summary>
    public string StoredName => _tensor.Name;

    /// <inheritdoc/>
    public override GgmlType Type => _file.TypeOf(_tensor);

    /// <inheritdoc/>
    internal override byte* Mapped => _mapped ? _file.MappedPointer(_tensor) : null;

    /// <inheritdoc/>
    internal override int[]? RowOrder { get; }

    /// <summary>Makes one.</summary>
    /// <param name="name">Hugging Face's name.</param>
    /// <param name="tensor">The stored tensor.</param>
    /// <param name="file">Its file.</param>
    /// <param name="rowOrder">For each stored row, which of Hugging Face's rows it is; null when they are the same.</param>
    /// <param name="offset">What the file's numbers have more than Hugging Face's.</param>
    /// <param name="mapped">Whether the file is mapped.</param>
    public static GgufCheckpointTensor Create(string name, GgufTensor tensor, GgufFile file, int[]? rowOrder, float offset, bool mapped)
    {
        // The order belongs to the rows of a matrix and to the numbers of a bias; a tensor of another size is refused later, by its shape.
        if (rowOrder is null || tensor.Shape.Length == 0 || tensor.Shape[0] != rowOrder.Length)
        {
            return new GgufCheckpointTensor(name, tensor, file, null, offset, mapped);
        }

        var placeOf = new int[rowOrder.Length];
        for (var stored = 0; stored < rowOrder.Length; stored++)
        {
            placeOf[rowOrder[stored]] = stored;
        }

        return new GgufCheckpointTensor(name, tensor, file, placeOf, offset, mapped);
    }

    /// <summary>What GGUF's numbers of a role have more than Hugging Face's: the norms of some architectures are stored as distances from 1.</summary>
    public static float OffsetOf(TensorRole role, string suffix, NetworkSpec spec) =>
        suffix == ".weight" && IsNorm(role) ? spec.NormOffset : 0;

    /// <inheritdoc/>
    public override void ReadRows(long firstRow, Span<byte> bytes)
    {
        if (Shape.Length == 1)
        {
            ReadVector(bytes);
        }
        else if (RowOrder is null)
        {
            _file.ReadBytes(_tensor, firstRow * RowBytes, bytes);
        }
        else
        {
            var rowBytes = (int)RowBytes;
            for (var row = 0; row < bytes.Length / rowBytes; row++)
            {
                _file.ReadBytes(_tensor, RowOrder[firstRow + row] * (long)rowBytes, bytes.Slice(row * rowBytes, rowBytes));
            }
        }
    }

    private static bool IsNorm(TensorRole role) => role is TensorRole.FinalNorm or TensorRole.AttentionNorm or TensorRole.AttentionPostNorm
        or TensorRole.FeedForwardNorm or TensorRole.FeedForwardPostNorm or TensorRole.QueryNorm or TensorRole.KeyNorm;

    /// <summary>A bias follows its rows; a norm loses its offset.</summary>
    private void ReadVector(Span<byte> bytes)
    {
        _file.ReadBytes(_tensor, 0, bytes);
        if (RowOrder is not null)
        {
            var size = GgmlTypes.BlockBytes(Type);
            var stored = bytes.ToArray();
            for (var i = 0; i < RowOrder.Length; i++)
            {
                stored.AsSpan(RowOrder[i] * size, size).CopyTo(bytes[(i * size)..]);
            }
        }

        if (_offset != 0)
        {
            if (Type != GgmlType.F32)
            {
                throw new UnsupportedCheckpointException(File, StoredName, $"a norm stored as {Type}", "F32");
            }

            foreach (ref var value in MemoryMarshal.Cast<byte, float>(bytes))
            {
                value -= _offset;
            }
        }
    }
}
