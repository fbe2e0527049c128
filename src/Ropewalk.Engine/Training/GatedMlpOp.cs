using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Training;

/// <summary>The middle of a feed-forward network: y = f(x) up, or y = f(x).</summary>
internal static unsafe class GatedMlpOp
{
    /// <summary>Computes y; the walk back is <see cref="ActivateBackward"/>.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="activation">f.</param>
    /// <param name="x">Its input, which nothing else reads.</param>
    /// <param name="up">What is gated, which nothing else reads, or null.</param>
    public static Node Forward(Tape tape, Activation activation, Node x, Node? up)
    {
        var y = tape.New(x.NumRows, x.Width, x.NeedsGradient || up is { NeedsGradient: true });
        var (from, gated, to) = ((nint)x.Values, up is null ? 0 : (nint)up.Values, (nint)y.Values);
        Elements.ForChunks(y.Length, (first, count) =>
        {
            var target = (float*)to + first;
            new ReadOnlySpan<float>((float*)from + first, count).CopyTo(new Span<float>(target, count));
            Activate.Forward(activation, target, gated == 0 ? null : (float*)gated + first, count);
        });
        tape.Record(y, new Operation("gate"), () => Backward(tape, activation, x, up, y));
        return y;
    }

    private static void Backward(Tape tape, Activation activation, Node x, Node? up, Node y)
    {
        var dy = (nint)y.Gradient!.Pointer;
        var dx = (nint)tape.GradientOf(x, out _);
        var dup = up is null ? 0 : (nint)tape.GradientOf(up, out _);
        var (from, gated) = ((nint)x.Values, up is null ? 0 : (nint)up.Values);
        Elements.ForChunks(y.Length, (first, count) => ActivateBackward.Run(
            activation, (float*)from + first, gated == 0 ? null : (float*)gated + first, (float*)dy + first, (float*)dx + first, dup == 0 ? null : (float*)dup + first, count));
    }
}
