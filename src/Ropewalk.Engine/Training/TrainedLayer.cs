using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Engine.Training;

/// <summary>One layer in training. It computes what <see cref="DecoderLayer"/> or <see cref="EncoderLayer"/> computes, all as the one
/// <see cref="NetworkSpec"/> says: those in chunks over a cache, this one whole sequences on a tape. A norm that is null is left out.</summary>
internal sealed class TrainedLayer
{
    /// <summary>Before attention.</summary>
    public TrainedNorm? AttentionNorm { get; init; }

    /// <summary>Of attention's output, before it is added.</summary>
    public TrainedNorm? AttentionPostNorm { get; init; }

    /// <summary>Of the sum of attention's output and its input.</summary>
    public TrainedNorm? AttentionSumNorm { get; init; }

    /// <summary>Before the feed-forward network.</summary>
    public TrainedNorm? FeedForwardNorm { get; init; }

    /// <summary>Of the feed-forward network's output, before it is added.</summary>
    public TrainedNorm? FeedForwardPostNorm { get; init; }

    /// <summary>Of the sum of the feed-forward network's output and its input.</summary>
    public TrainedNorm? FeedForwardSumNorm { get; init; }

    /// <summary>Of each query head, before it is turned.</summary>
    public TrainedNorm? QueryNorm { get; init; }

    /// <summary>Of each key head, before it is turned.</summary>
    public TrainedNorm? KeyNorm { get; init; }

    /// <summary>The products by role.</summary>
    public required IReadOnlyDictionary<TensorRole, TrainedLinear> Linears { get; init; }

    /// <summary>Keys that a query sees, its own included; 0 for all.</summary>
    public required int Window { get; init; }

    /// <summary>Adds attention and the feed-forward network to x.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="rows">The batch.</param>
    /// <param name="spec">The network.</param>
    /// <param name="rotary">Gets the gradient of the encoding, or null.</param>
    public Node Forward(Tape tape, Node x, BatchRows rows, NetworkSpec spec, RotaryGradient? rotary)
    {
        var input = Normed(tape, x, AttentionNorm);
        var attended = Attend(tape, input, rows, spec, rotary);
        var normal = spec.IsParallel ? Normed(tape, x, FeedForwardNorm) : null;
        x = Normed(tape, AddTo(tape, x, TensorRole.AttentionOutput, attended, AttentionPostNorm), AttentionSumNorm);
        normal ??= Normed(tape, x, FeedForwardNorm);
        var up = Linears[TensorRole.Up].Forward(tape, normal);
        var middle = spec.IsGated
            ? GatedMlpOp.Forward(tape, spec.Activation, Linears[TensorRole.Gate].Forward(tape, normal), up)
            : GatedMlpOp.Forward(tape, spec.Activation, up, null);
        return Normed(tape, AddTo(tape, x, TensorRole.Down, middle, FeedForwardPostNorm), FeedForwardSumNorm);
    }

    private static Node Normed(Tape tape, Node x, TrainedNorm? norm) => norm is null ? x : NormOp.Forward(tape, x, norm);

    private Node Attend(Tape tape, Node input, BatchRows rows, NetworkSpec spec, RotaryGradient? rotary)
    {
        var (shape, isLocal) = (spec.Shape, Window > 0 && spec.LocalRope is not null);
        var trained = isLocal ? null : rotary;
        var queries = Linears[TensorRole.Query].Forward(tape, input);
        var keys = Linears[TensorRole.Key].Forward(tape, input);
        var values = Linears[TensorRole.Value].Forward(tape, input);
        queries = QueryNorm is null ? queries : NormOp.Forward(tape, queries, QueryNorm);
        keys = KeyNorm is null ? keys : NormOp.Forward(tape, keys, KeyNorm);
        var layout = rows.Rotary(0, isLocal);
        var scale = VectorMath.Log2E * spec.AttentionScale;
        Node[] turnedQueries =
            [.. Enumerable.Range(0, layout.Bands.Length).Select(band => RotateOp.Forward(tape, queries, shape.HeadWidth, new RowAngles(rows, isLocal, -1, band, scale), trained))];
        Node[] turnedKeys =
            [.. Enumerable.Range(0, layout.NumKeySets).Select(set => RotateOp.Forward(tape, keys, shape.HeadWidth, new RowAngles(rows, isLocal, set, -1, 1), trained))];

        // The cells of an encoder's layer say on both sides how far it sees.
        return AttendOp.Forward(tape, rows, shape, spec.Encoder is null ? Window : 0, isLocal, turnedQueries, turnedKeys, values);
    }

    private Node AddTo(Tape tape, Node x, TensorRole role, Node y, TrainedNorm? norm) =>
        norm is null ? Linears[role].Forward(tape, y, x) : AddOp.Forward(tape, x, NormOp.Forward(tape, Linears[role].Forward(tape, y), norm));
}
