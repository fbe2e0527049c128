using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Lab.Export;

/// <summary>Writes the tensors of any checkpoint as model.safetensors.</summary>
public static class WeightsWriter
{
    /// <summary>Writes the file, but for whole numbers that the network does not use.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">F32, F16 or BF16 for all tensors. Null keeps each one's own; block types become F32, which holds their numbers exactly,
    /// and vectors that a GGUF file keeps in F32 go back to the matrices' type where that loses nothing.</param>
    /// <param name="notes">Takes what was left out.</param>
    /// <param name="writing">Told each tensor's name and bytes before it is written.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are written too.</param>
    /// <returns>The type of the matrices, for the config's torch_dtype.</returns>
    public static GgmlType Write(Checkpoint checkpoint, string path, GgmlType? type, List<string> notes, Action<string, long>? writing = null, bool allowNonFinite = false)
    {
        var unused = UnusedBuffers.Of(checkpoint);
        if (unused.Count > 0)
        {
            notes.Add($"{unused.Count} tensors of whole numbers that the network does not use are left out: {string.Join(", ", unused.Order(StringComparer.Ordinal).Take(4))}{(unused.Count > 4 ? ", ..." : "")}");
        }

        var tensors = checkpoint.TensorNames.Where(n => !unused.Contains(n)).Select(n => checkpoint.Find(n)!).ToList();
        var matrices = tensors.Where(t => t.Shape.Length > 1).CountBy(t => Kept(t.Type)).OrderByDescending(t => t.Value).Select(t => t.Key).FirstOrDefault(GgmlType.F32);
        var sources = tensors.ConvertAll(t =>
        {
            var target = type ?? (t.Elements == t.Columns && Fits(t, matrices) ? matrices : Kept(t.Type));
            var stored = Stored(target);
            return new TensorSource(t.Name, stored, t.Shape, stream =>
            {
                writing?.Invoke(t.Name, t.Elements * StoredTypes.BitsOf(stored) / 8);
                StoredRows.Write(t, target, stream, allowNonFinite: allowNonFinite);
            });
        });
        SafetensorsWriter.Write(path, sources, new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });
        return type ?? matrices;
    }

    /// <summary>Hugging Face's word for a type.</summary>
    public static string TorchName(GgmlType type) => type switch
    {
        GgmlType.F16 => "float16",
        GgmlType.BF16 => "bfloat16",
        _ => "float32",
    };

    /// <summary>The type of a safetensors file that holds a type's numbers exactly.</summary>
    private static GgmlType Kept(GgmlType type) => GgmlTypes.IsQuantized(type) || type == GgmlType.F64 ? GgmlType.F32 : type;

    private static StoredType Stored(GgmlType type) => type switch
    {
        GgmlType.F16 => StoredType.F16,
        GgmlType.BF16 => StoredType.BF16,
        GgmlType.F32 => StoredType.F32,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of safetensors that is written"),
    };

    /// <summary>Whether a vector's numbers are the same in a shorter type.</summary>
    private static bool Fits(CheckpointTensor tensor, GgmlType type)
    {
        if (type == GgmlType.F32)
        {
            return false;
        }

        var values = StoredRows.ReadVector(tensor);
        var bytes = new byte[GgmlTypes.RowBytes(type, values.Length)];
        var back = new float[values.Length];
        Blocks.FromSingle(type, values, bytes);
        Blocks.ToSingle(type, bytes, 0, back);
        return back.AsSpan().SequenceEqual(values);
    }
}
