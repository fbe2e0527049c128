using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>A tensor of a safetensors file, read by rows.</summary>
internal sealed class SafetensorsTensor(TensorEntry entry, SafetensorsFile file) : CheckpointTensor(entry.Name, file.Path, entry.Shape)
{
    /// <inheritdoc/>
    public override GgmlType Type
    {
        get
        {
            switch (entry.Type)
            {
                case StoredType.F32:
                    return GgmlType.F32;
                case StoredType.F16:
                    return GgmlType.F16;
                case StoredType.BF16:
                    return GgmlType.BF16;
                case StoredType.F64:
                    return GgmlType.F64;
                default:
                    SafetensorsThrow.UnsupportedType(file.Path, entry);
                    return default;
            }
        }
    }

    /// <inheritdoc/>
    public override void ReadRows(long firstRow, Span<byte> bytes) => file.ReadBytes(entry, firstRow * RowBytes, bytes);
}
