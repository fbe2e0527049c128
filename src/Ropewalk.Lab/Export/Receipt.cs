using Ropewalk.Engine.Models;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Export;

/// <summary>Proof that an export has an effect: what is in force after loading it from disk, against the original.</summary>
/// <param name="OriginalSha256">Fingerprint of the original's frequencies.</param>
/// <param name="LongSha256">Fingerprint in force at the target length.</param>
/// <param name="ShortSha256">Fingerprint in force at the original length.</param>
/// <param name="LargestFrequencyChange">Largest |f'/f - 1| over the pairs, at the target length.</param>
/// <param name="LargestLogitChange">Largest change of a logit of the probe's last token.</param>
/// <param name="ProbeTokens">Length of the probe.</param>
public sealed record Receipt(
    string OriginalSha256, string LongSha256, string ShortSha256, double LargestFrequencyChange, double LargestLogitChange, int ProbeTokens)
{
    /// <summary>Whether anything changed: other frequencies, and other logits.</summary>
    public bool HasEffect => OriginalSha256 != LongSha256 && LargestLogitChange > 0;

    /// <summary>Runs the probe through both models: a fixed sequence of ids, longer than the old window.</summary>
    /// <param name="original">The untouched model.</param>
    /// <param name="exported">The export as loaded from disk.</param>
    /// <param name="scaling">What rules the export.</param>
    /// <param name="originalContext">L.</param>
    /// <param name="targetContext">L'.</param>
    public static Receipt Make(LanguageModel original, LanguageModel exported, RopeScaling scaling, int originalContext, int targetContext)
    {
        var probe = Math.Min(targetContext, originalContext + 64);
        var tokens = Enumerable.Range(0, probe).Select(i => (int)(((i * 7919L) + 13) % original.Shape.VocabularySize)).ToArray();
        var before = original.Rope.Scaling.At(probe);
        var first = LastLogits(original, tokens, before);
        var second = LastLogits(exported, tokens, scaling.At(probe));
        var atTarget = scaling.At(targetContext);
        return new Receipt(
            before.Fingerprint,
            atTarget.Fingerprint,
            scaling.At(originalContext).Fingerprint,
            atTarget.InverseFrequencies.Zip(before.InverseFrequencies, (f, g) => Math.Abs((f / g) - 1)).Max(),
            first.Zip(second, (a, b) => Math.Abs((double)a - b)).Max(),
            probe);
    }

    private static float[] LastLogits(LanguageModel model, int[] tokens, RopeFrequencies frequencies)
    {
        var logits = Array.Empty<float>();
        using var rotary = new RotaryTable(frequencies, tokens.Length);
        using var cache = new KeyValueCache(model.Shape, tokens.Length, singlePass: true);
        model.Forward(tokens, cache, rotary, tokens.Length - 1, (_, row) => logits = row.ToArray());
        return logits;
    }
}
