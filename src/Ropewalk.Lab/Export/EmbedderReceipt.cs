using System.Collections.Immutable;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Lab.Export;

/// <summary>Proof of an embedder's export: what it does as it was read back from disk, against the original and against the method in memory.</summary>
/// <param name="LargestFrequencyChange">Largest |f'/f - 1| over the rotated pairs at the target; null where positions are learned.</param>
/// <param name="Probes">From short to long.</param>
public sealed record EmbedderReceipt(double? LargestFrequencyChange, ImmutableArray<EmbedderProbe> Probes)
{
    private const int Short = 16;

    // Attention's cost grows with the square, and a longer text proves no more.
    private const int LongProbe = 2048;

    /// <summary>Whether the export has an effect somewhere and is everywhere what the method is in memory.</summary>
    public bool Holds => Probes.All(p => p.IsMemorys) && Probes.Any(p => !p.FitsOldWindow || p.LargestChange > 0);

    /// <summary>Runs the probes.</summary>
    /// <param name="original">The untouched model.</param>
    /// <param name="exported">The export as loaded from disk.</param>
    /// <param name="method">The method in memory.</param>
    /// <param name="pooling">How rows become a vector.</param>
    /// <param name="target">Tokens of the longest text.</param>
    /// <param name="cancellationToken">Stops between chunks of work.</param>
    public static EmbedderReceipt Make(TextEncoder original, TextEncoder exported, EncoderMethod method, Pooling pooling, int target, CancellationToken cancellationToken)
    {
        var window = original.Window;
        int[] lengths = [.. new[] { Math.Min(Short, window), window, Math.Min(target, Math.Max(window + 64, LongProbe)) }.Distinct().Order()];
        return new EmbedderReceipt(FrequencyChange(original, exported, target), [.. lengths.Select(Probe)]);

        EmbedderProbe Probe(int length)
        {
            var tokens = Enumerable.Range(0, length).Select(i => (int)(((i * 7919L) + 13) % original.Shape.VocabularySize)).ToArray();
            var after = Vector(exported, tokens, EncoderMethod.None, pooling, cancellationToken);
            var memory = Vector(original, tokens, method, pooling, cancellationToken);
            var before = length <= window ? Vector(original, tokens, EncoderMethod.None, pooling, cancellationToken)
                : original.Rope is { } rope ? Vector(original, tokens, new EncoderMethod { Scaling = rope.Scaling }, pooling, cancellationToken)
                : null;
            return new EmbedderProbe(
                length, length <= window, before?.Zip(after, (a, b) => (double)a * b).Sum(), before?.Zip(after, (a, b) => Math.Abs((double)a - b)).Max(), after.AsSpan().SequenceEqual(memory));
        }
    }

    private static double? FrequencyChange(TextEncoder original, TextEncoder exported, int target) => (original.Rope, exported.Rope) switch
    {
        ({ } before, { } after) => after.Scaling.At(target).InverseFrequencies.Zip(before.Scaling.At(target).InverseFrequencies, (f, g) => Math.Abs((f / g) - 1)).Max(),
        _ => null,
    };

    private static float[] Vector(TextEncoder model, int[] tokens, EncoderMethod method, Pooling pooling, CancellationToken cancellationToken)
    {
        float[] vector = [];
        model.Forward([tokens], method, Pool.RowsOf(pooling), (_, rows) => vector = Pool.Forward(pooling, rows, model.Shape.HiddenWidth), cancellationToken);
        Pool.Normalize(vector);
        return vector;
    }
}
