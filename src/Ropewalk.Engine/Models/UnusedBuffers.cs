using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Engine.Models;

/// <summary>Whole numbers and truth values that a folder keeps beside its weights and that no network needs: BERT's position_ids, GPT-NeoX's causal mask.</summary>
public static class UnusedBuffers
{
    /// <summary>Their names. None where a tensor that the network needs is not there: whole numbers may then be weights in a form that is not read.</summary>
    /// <exception cref="CheckpointFormatException">The config is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not run here.</exception>
    public static IReadOnlySet<string> Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (checkpoint is CheckpointFolder folder)
        {
            names.UnionWith(folder.TensorNames.Where(n => folder.TryFind(n, out var tensor, out _) && IsWhole(tensor.Type)));
        }

        if (names.Count == 0)
        {
            return names;
        }

        var architecture = ModelLoader.AnyArchitectureOf(checkpoint);
        if (architecture.Names.ContainsKey(TensorRole.Head))
        {
            // An embedder may lack it; where it is, it is a weight.
            names.Remove(architecture.NameOf(TensorRole.Head, 0));
        }

        using var seen = new EmbedderCheckpoint(checkpoint, architecture);
        foreach (var (_, _, name, _) in RequiredTensors.Of(architecture, architecture.Read(seen.Config, seen.ConfigPath)))
        {
            if (seen.Find(name) is not { } tensor)
            {
                return new HashSet<string>(StringComparer.Ordinal);
            }

            names.Remove(tensor.Name);
        }

        return names;
    }

    private static bool IsWhole(StoredType type) => type is
        StoredType.Bool or StoredType.U8 or StoredType.I8 or StoredType.U16 or StoredType.I16 or StoredType.U32 or StoredType.I32 or StoredType.U64 or StoredType.I64;
}
