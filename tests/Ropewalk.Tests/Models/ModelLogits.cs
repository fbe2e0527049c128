using Ropewalk.Engine.Models;

namespace Ropewalk.Tests.Models;

/// <summary>All logits of a text in one pass.</summary>
internal static class ModelLogits
{
    /// <summary>[T][V] under the scaling that the checkpoint asks for.</summary>
    public static float[][] Of(LanguageModel model, int[] tokens)
    {
        var rows = new float[tokens.Length][];
        using var rotary = new RotaryTable(model.Rope.Scaling.At(tokens.Length), tokens.Length);
        using var cache = new KeyValueCache(model.Shape, tokens.Length, singlePass: true);
        model.Forward(tokens, cache, rotary, 0, (row, logits) => rows[row] = logits.ToArray());
        return rows;
    }
}
