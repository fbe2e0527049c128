using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>Writes any checkpoint as a GGUF file that llama.cpp runs: rows of the llama family's queries and keys in its order, vectors in
/// float32, scales of norms as they multiply.</summary>
public static class GgufExport
{
    /// <summary>llama.cpp's number for a file that is mostly of one type.</summary>
    private static readonly Dictionary<GgmlType, uint> s_fileTypes = new()
    {
        [GgmlType.F32] = 0,
        [GgmlType.F16] = 1,
        [GgmlType.Q4_0] = 2,
        [GgmlType.Q4_1] = 3,
        [GgmlType.Q8_0] = 7,
        [GgmlType.Q5_0] = 8,
        [GgmlType.Q5_1] = 9,
        [GgmlType.Q4_K] = 15,
        [GgmlType.Q5_K] = 17,
        [GgmlType.Q6_K] = 18,
        [GgmlType.BF16] = 32,
    };

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">Type of the matrices: F32, F16, BF16 or Q8_0; null keeps each one's own.</param>
    /// <param name="addTokenizer">Adds the tokenizer's keys.</param>
    /// <param name="writing">Told each tensor's name and bytes before it is written.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are written too.</param>
    /// <returns>What the user should know, one line each.</returns>
    /// <exception cref="CheckpointFormatException">The source is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">llama.cpp cannot run this network.</exception>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static IReadOnlyList<string> Write(
        Checkpoint checkpoint, string path, GgmlType? type, Action<GgufMetadata> addTokenizer, Action<string, long>? writing = null, bool allowNonFinite = false)
    {
        var architecture = ModelLoader.AnyArchitectureOf(checkpoint);

        // As embed reads it: an embedder is often saved without its head and without the prefix of its tensors, or with one more.
        using var embedder = checkpoint.Find(architecture.NameOf(TensorRole.Embedding, 0)) is null ? new EmbedderCheckpoint(checkpoint, architecture) : null;
        checkpoint = embedder ?? checkpoint;
        var spec = architecture.Read(checkpoint.Config, checkpoint.ConfigPath);

        // Missing and misshapen tensors are told before anything is written.
        TensorLoader.Check(checkpoint, architecture, spec);
        var config = GgufConfigWriter.Write(checkpoint, architecture, spec, path);
        var notes = config.Notes;
        notes.AddRange(spec.Rope.Notes);
        var sources = config.RopeTensors.Select(t => GgufTensorSource.FromSingles(t.Key, [t.Value.Length], t.Value)).ToList();
        var types = new List<GgmlType>();
        var notWhole = new List<string>();
        foreach (var (role, layer, name, shape) in RequiredTensors.Of(architecture, spec))
        {
            var suffix = name.EndsWith(".bias", StringComparison.Ordinal) ? ".bias" : ".weight";
            Add(role, GgufNames.Of(role, layer, suffix), checkpoint.Find(name)!, shape, architecture.GgufRowOrder(role, spec.Shape), GgufCheckpointTensor.OffsetOf(role, suffix, spec));
        }

        if (spec.TieEmbedding && !architecture.Graph.TiesHead)
        {
            Add(TensorRole.Head, GgufNames.Of(TensorRole.Head, 0), checkpoint.Find(architecture.NameOf(TensorRole.Embedding, 0))!, [spec.Shape.VocabularySize, spec.Shape.HiddenWidth], null, 0);
            notes.Add($"llama.cpp's {architecture.Graph.Name} graph has no tied head: the embedding is written twice");
        }

        if (notWhole.Count > 0)
        {
            notes.Add($"{notWhole.Count} matrices have rows that are not whole blocks of {type} and are stored as F16: {string.Join(", ", notWhole.Take(4))}{(notWhole.Count > 4 ? ", ..." : "")}");
        }

        var most = types.CountBy(t => t).MaxBy(t => t.Value).Key;
        config.Metadata.Set("general.file_type", s_fileTypes[most]);
        if (types.Exists(GgmlTypes.IsQuantized))
        {
            config.Metadata.Set("general.quantization_version", 2u);
        }

        addTokenizer(config.Metadata);
        GgufWriter.Write(path, config.Metadata, sources);
        return notes;

        void Add(TensorRole role, string name, CheckpointTensor tensor, long[] shape, int[]? order, float offset)
        {
            var stored = shape.Length == 1 ? GgmlType.F32 : type ?? (tensor.Type == GgmlType.F64 ? GgmlType.F32 : tensor.Type);

            // llama.cpp adds this table's first row as it is stored, and can add these two.
            if (role == TensorRole.TokenTypeEmbedding && stored is not (GgmlType.F32 or GgmlType.F16))
            {
                stored = GgmlType.F32;
            }

            if (shape[^1] % GgmlTypes.BlockLength(stored) != 0)
            {
                notWhole.Add(name);
                stored = GgmlType.F16;
            }

            if (shape.Length > 1)
            {
                types.Add(stored);
            }

            sources.Add(new GgufTensorSource(name, stored, shape, stream =>
            {
                writing?.Invoke(name, GgmlTypes.RowBytes(stored, shape.Aggregate((a, b) => a * b)));
                StoredRows.Write(tensor, stored, stream, order, offset, allowNonFinite);
            }));
        }
    }
}
