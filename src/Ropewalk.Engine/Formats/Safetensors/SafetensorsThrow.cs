using System.Diagnostics.CodeAnalysis;

namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>The errors of safetensors files, worded alike.</summary>
internal static class SafetensorsThrow
{
    private const int ShownCharacters = 120;

    /// <summary>The first 8 bytes are wrong.</summary>
    [DoesNotReturn]
    public static void Length(string file, string found, string expected) =>
        throw new CheckpointFormatException(file, "header length (byte 0)", found, expected);

    /// <summary>The header is wrong at a byte of the file.</summary>
    [DoesNotReturn]
    public static void Header(string file, long offset, string found, string expected) =>
        throw new CheckpointFormatException(file, $"header (byte {offset})", found, expected);

    /// <summary>A tensor's description is wrong.</summary>
    [DoesNotReturn]
    public static void Tensor(string file, string name, string field, string found, string expected) =>
        throw new CheckpointFormatException(file, $"tensor '{Printable.OneLine(name, ShownCharacters)}': {field}", found, expected);

    /// <summary>A tensor is sound, but its type cannot be calculated with.</summary>
    [DoesNotReturn]
    public static void UnsupportedType(string file, TensorEntry tensor) =>
        throw new UnsupportedCheckpointException(file, $"tensor '{Printable.OneLine(tensor.Name, ShownCharacters)}'",
            $"stored type {StoredTypes.NameOf(tensor.Type)}", "F32, BF16, F16, F64");
}
