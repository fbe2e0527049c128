using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Training;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Training;

/// <summary>Pooling, normalising and the contrastive loss against central differences in float64 of their definitions.</summary>
public sealed unsafe class EmbedderOpTests
{
    private const int Width = 19;

    [Theory]
    [InlineData(Pooling.Mean, 0)]
    [InlineData(Pooling.Mean, 2)]
    [InlineData(Pooling.WeightedMean, 0)]
    [InlineData(Pooling.WeightedMean, 2)]
    [InlineData(Pooling.Cls, 0)]
    [InlineData(Pooling.Last, 0)]
    public void Poolings_gradient_agrees_with_central_differences(Pooling pooling, int skipped)
    {
        int[] lengths = [4, 3, 11];
        TrainedText[] texts = [.. lengths.Select(n => new TrainedText(new int[n]) { SkippedRows = skipped })];
        var x = Numbers.Random(lengths.Sum() * Width, 800);
        var dy = Numbers.Random(lengths.Length * Width, 801);
        var (made, found) = Run(x, lengths.Sum(), dy, (tape, node) => PoolOp.Forward(tape, node, texts, pooling));
        double[] Pooled(double[] input) => [.. lengths.SelectMany((n, i) =>
        {
            var first = lengths.Take(i).Sum();
            var rows = pooling switch { Pooling.Cls => [first], Pooling.Last => [first + n - 1], _ => Enumerable.Range(first + skipped, n - skipped).ToArray() };
            var weights = rows.Select((_, place) => pooling == Pooling.WeightedMean ? place + 1.0 : 1).ToArray();
            return Enumerable.Range(0, Width).Select(k => rows.Select((row, place) => weights[place] * input[(row * Width) + k]).Sum() / weights.Sum());
        })];
        Compare(Pooled, x, dy, made, found);
    }

    [Fact]
    public void Normalisings_gradient_agrees_with_central_differences()
    {
        var x = Numbers.Random(3 * Width, 802);
        x.AsSpan(Width, Width).Clear();
        var dy = Numbers.Random(3 * Width, 803);
        var (made, found) = Run(x, 3, dy, NormalizeOp.Forward);
        Assert.All(made[Width..(2 * Width)].Concat(found[Width..(2 * Width)]), v => Assert.Equal(0, v));

        // A row of zeros has no direction, so that only its neighbours can be compared.
        foreach (var row in (int[])[0, 2])
        {
            float[] Of(float[] all) => all[(row * Width)..((row + 1) * Width)];
            Compare(
                input =>
                {
                    var length = Math.Sqrt(input.Sum(v => v * v));
                    return [.. input.Select(v => v / length)];
                }, Of(x), Of(dy), Of(made), Of(found));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_losss_gradient_agrees_with_central_differences(bool isSymmetric)
    {
        int[] positives = [1, 3, 0, 1];
        int[] texts = [0, 1, 2, 3, 1, 3];
        const double Temperature = 0.5;
        var (queries, documents) = (Numbers.Random(4 * Width, 804), Numbers.Random(6 * Width, 805));
        var result = new InfoNce(Temperature, isSymmetric).Run(queries, documents, Width, positives, texts);
        double Loss(double[] q, double[] d)
        {
            double Score(int i, int j) => Enumerable.Range(0, Width).Sum(k => q[(i * Width) + k] * d[(j * Width) + k]) / Temperature;
            var forward = Enumerable.Range(0, 4).Average(i =>
            {
                var among = Enumerable.Range(0, 6).Where(j => j == positives[i] || texts[j] != texts[positives[i]]);
                return Math.Log(among.Sum(j => Math.Exp(Score(i, j)))) - Score(i, positives[i]);
            });
            var back = Enumerable.Range(0, 4).Average(i =>
            {
                var among = Enumerable.Range(0, 4).Where(k => k == i || texts[positives[k]] != texts[positives[i]]);
                return Math.Log(among.Sum(k => Math.Exp(Score(k, positives[i])))) - Score(i, positives[i]);
            });
            return isSymmetric ? (forward + back) / 2 : forward;
        }

        var (start, others) = (Gradients.ToDoubles(queries), Gradients.ToDoubles(documents));
        Numbers.Close(Loss(start, others), result.Loss, 1e-6, "loss");
        for (var i = 0; i < queries.Length; i++)
        {
            Numbers.Close(Gradients.Slope(q => Loss(q, others), start, i), result.QueryGradient[i], 1e-6, $"query {i}");
        }

        for (var i = 0; i < documents.Length; i++)
        {
            Numbers.Close(Gradients.Slope(d => Loss(start, d), others, i), result.DocumentGradient[i], 1e-6, $"document {i}");
        }
    }

    [Fact]
    public void Hits_are_counted_and_a_colder_temperature_tells_more_apart()
    {
        float[] queries = [1, 0, 0, 1];
        float[] documents = [1, 0.1f, 0.2f, 1];
        var warm = new InfoNce(1).Run(queries, documents, 2, [0, 1], [0, 1]);
        var cold = new InfoNce(0.01).Run(queries, documents, 2, [0, 1], [0, 1]);
        Assert.Equal(2, warm.Hits);
        Assert.True(cold.Loss < 1e-6 && warm.Loss > 0.1);
        Assert.Equal(0, new InfoNce(1).Run(queries, documents, 2, [1, 0], [0, 1]).Hits);
    }

    private static (float[] Made, float[] Gradient) Run(float[] x, int numRows, float[] dy, Func<Tape, Node, Node> op)
    {
        using var pool = new BufferPool();
        var tape = new Tape(pool, isRecording: true);
        using var buffer = new NativeBuffer<float>(x.Length);
        x.CopyTo(buffer.Span(0, x.Length));
        var input = new Node(numRows, Width, buffer, needsGradient: true);
        var made = op(tape, input);
        var values = new ReadOnlySpan<float>(made.Values, (int)made.Length).ToArray();

        // Twice: the second walk adds to what the first has left.
        var again = op(tape, input);
        foreach (var node in (Node[])[made, again])
        {
            dy.CopyTo(new Span<float>(tape.GradientOf(node, out _), dy.Length));
        }

        tape.Backward();
        var gradient = input.Gradient!.Span(0, x.Length).ToArray();
        input.Gradient.Dispose();
        return (values, [.. gradient.Select(g => g / 2)]);
    }

    private static void Compare(Func<double[], double[]> definition, float[] x, float[] dy, float[] made, float[] found)
    {
        var at = Gradients.ToDoubles(x);
        Numbers.Close([.. definition(at).Select(v => (float)v)], made, 1e-6, "values");
        for (var i = 0; i < x.Length; i++)
        {
            var slope = Gradients.Slope(v => definition(v).Select((y, k) => y * dy[k]).Sum(), at, i);
            Numbers.Close(slope, found[i], 2e-6, $"gradient {i}");
        }
    }
}
