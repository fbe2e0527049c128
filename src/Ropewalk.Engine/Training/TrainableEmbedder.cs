using Ropewalk.Engine.Embedding;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Training;

/// <summary>An embedder whose weights can be trained: texts to vectors, and gradients of vectors back to every trained parameter. What it computes
/// is what <see cref="TextEmbedder"/> computes. The result is the same to the last bit for any number of threads.</summary>
/// <param name="model">The network, which the caller goes on owning.</param>
/// <param name="pooling">How rows become a vector: mean, cls, last or weighted mean.</param>
/// <param name="normalizes">Whether vectors are divided by their length.</param>
public sealed unsafe class TrainableEmbedder(TrainableModel model, Pooling pooling, bool normalizes)
{
    /// <summary>Numbers of a vector.</summary>
    public int Width => model.Shape.HiddenWidth;

    /// <summary>Angles of rotary positions; null for the config's own.</summary>
    public RopeScaling? Scaling { get; init; }

    /// <summary>Vectors of texts; nothing is kept for a way back.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    /// <returns>[texts, D].</returns>
    /// <exception cref="ArgumentException">A text is empty or does not fit the model.</exception>
    public float[] Embed(IReadOnlyList<TrainedText> texts, CancellationToken cancellationToken = default)
    {
        float[] result = [];
        Run(texts, isRecording: false, (tape, x) => result = ValuesOf(Pooled(tape, x, texts)), cancellationToken);
        return result;
    }

    /// <summary>The same, and adds to the gradient of every trained parameter.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="gradientOf">From the vectors [texts, D] to the gradient of the loss in them, as many numbers.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    /// <exception cref="ArgumentException">A text is empty or does not fit the model.</exception>
    public void Backward(IReadOnlyList<TrainedText> texts, Func<float[], float[]> gradientOf, CancellationToken cancellationToken = default) =>
        Run(
            texts, isRecording: true, (tape, x) =>
            {
                var vectors = Pooled(tape, x, texts);
                var gradient = gradientOf(ValuesOf(vectors));
                ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, vectors.Length, nameof(gradientOf));
                if (vectors.NeedsGradient)
                {
                    gradient.CopyTo(new Span<float>(tape.GradientOf(vectors, out _), gradient.Length));
                }
            }, cancellationToken);

    private static float[] ValuesOf(Node node) => new ReadOnlySpan<float>(node.Values, checked((int)node.Length)).ToArray();

    private Node Pooled(Tape tape, Node x, IReadOnlyList<TrainedText> texts)
    {
        var y = PoolOp.Forward(tape, x, texts, pooling);
        return normalizes ? NormalizeOp.Forward(tape, y) : y;
    }

    private void Run(IReadOnlyList<TrainedText> texts, bool isRecording, Action<Tape, Node> end, CancellationToken cancellationToken)
    {
        using var tables = new TextTables(model.Spec, Scaling);
        model.Hidden([.. texts.Select(tables.SequenceOf)], isRecording, end, cancellationToken);
    }
}
