using Ropewalk.Engine.Models.Architectures;

namespace Ropewalk.Engine.Models;

/// <summary>The tensors that a network needs: role, layer, full name and shape.</summary>
internal static class RequiredTensors
{
    /// <summary>All of them, global ones first.</summary>
    public static IEnumerable<(TensorRole Role, int Layer, string Name, long[] Shape)> Of(Architecture architecture, NetworkSpec spec)
    {
        foreach (var role in Enum.GetValues<TensorRole>().Where(architecture.Names.ContainsKey))
        {
            if ((role == TensorRole.Head && spec.TieEmbedding) || (role == TensorRole.TokenTypeEmbedding && spec.Encoder is not { TokenTypes: > 0 }))
            {
                continue;
            }

            for (var layer = 0; layer < (IsOfLayer(role) ? spec.Shape.NumLayers : 1); layer++)
            {
                if (role == TensorRole.AttentionNorm && layer == 0 && spec.Encoder is { SkipsFirstNorm: true })
                {
                    continue;
                }

                var shape = ShapeOf(role, spec);
                yield return (role, layer, architecture.NameOf(role, layer), shape);
                if (HasBias(role, spec))
                {
                    yield return (role, layer, architecture.NameOf(role, layer, ".bias"), shape[..1]);
                }
            }
        }
    }

    /// <summary>Whether every layer has one.</summary>
    public static bool IsOfLayer(TensorRole role) => role is not
        (TensorRole.Embedding or TensorRole.PositionEmbedding or TensorRole.TokenTypeEmbedding or TensorRole.EmbeddingNorm or TensorRole.FinalNorm or TensorRole.Head);

    private static long[] ShapeOf(TensorRole role, NetworkSpec spec)
    {
        var shape = spec.Shape;
        long d = shape.HiddenWidth, f = shape.FeedForwardWidth, k = shape.HeadWidth;
        var q = shape.NumHeads * k;
        var kv = shape.NumKeyValueHeads * k;
        return role switch
        {
            TensorRole.Embedding or TensorRole.Head => [shape.VocabularySize, d],
            TensorRole.PositionEmbedding => [spec.Encoder!.PositionRows, d],
            TensorRole.TokenTypeEmbedding => [spec.Encoder!.TokenTypes, d],
            TensorRole.Query => [q, d],
            TensorRole.Key or TensorRole.Value => [kv, d],
            TensorRole.QueryKeyValue => [q + (2 * kv), d],
            TensorRole.AttentionOutput => [d, q],
            TensorRole.QueryNorm or TensorRole.KeyNorm => [k],
            TensorRole.Gate or TensorRole.Up => [f, d],
            TensorRole.GateUp => [2 * f, d],
            TensorRole.Down => [d, f],
            _ => [d],
        };
    }

    private static bool HasBias(TensorRole role, NetworkSpec spec) => role switch
    {
        TensorRole.Embedding or TensorRole.PositionEmbedding or TensorRole.TokenTypeEmbedding or TensorRole.Head => false,
        TensorRole.Query or TensorRole.Key or TensorRole.Value or TensorRole.QueryKeyValue => spec.QueryKeyValueBias,
        TensorRole.AttentionOutput => spec.OutputBias,
        TensorRole.Gate or TensorRole.Up or TensorRole.GateUp or TensorRole.Down => spec.FeedForwardBias,
        _ => spec.UsesLayerNorm && spec.NormBias,
    };
}
