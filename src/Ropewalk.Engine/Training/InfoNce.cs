using System.Numerics.Tensors;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>The contrastive loss (1807.03748) of a batch: with s = q . d / temperature, the mean over queries of -ln softmax(s)[its own document] among all
/// documents of the batch, hard negatives included. The symmetric form is the mean of that and of the same the other way round: each
/// query's document among all queries.</summary>
/// <param name="Temperature">Divides the scores.</param>
/// <param name="IsSymmetric">Whether documents look for their queries as well.</param>
public sealed record InfoNce(double Temperature = 0.01, bool IsSymmetric = false)
{
    /// <summary>Loss and gradients.</summary>
    /// <param name="queriesBD">Vectors of the queries.</param>
    /// <param name="documentsMD">Vectors of the documents.</param>
    /// <param name="width">D.</param>
    /// <param name="positives">For each query the index of its document.</param>
    /// <param name="texts">For each document a number that only equal documents share: a copy of a query's own document is no negative for it.</param>
    public Result Run(float[] queriesBD, float[] documentsMD, int width, int[] positives, int[] texts)
    {
        var (numQueries, numDocuments) = (queriesBD.Length / width, documentsMD.Length / width);
        var scores = new double[numQueries * numDocuments];
        WorkerPool.For(numQueries, i =>
        {
            var query = queriesBD.AsSpan(i * width, width);
            for (var j = 0; j < numDocuments; j++)
            {
                scores[(i * numDocuments) + j] = TensorPrimitives.Dot(query, documentsMD.AsSpan(j * width, width)) / Temperature;
            }
        });

        // What a score counts in the loss; each of the two ways has a half where both count.
        var slopes = new double[scores.Length];
        var weight = (IsSymmetric ? 0.5 : 1) / numQueries;
        var loss = 0d;
        var hits = 0;
        for (var i = 0; i < numQueries; i++)
        {
            var own = positives[i];
            int[] among = [.. Enumerable.Range(0, numDocuments).Where(j => j == own || texts[j] != texts[own])];
            loss += weight * Add(scores, slopes, [.. among.Select(j => (i * numDocuments) + j)], (i * numDocuments) + own, weight, out var isBest);
            hits += isBest ? 1 : 0;
            if (IsSymmetric)
            {
                var others = Enumerable.Range(0, numQueries).Where(k => k == i || texts[positives[k]] != texts[own]);
                loss += weight * Add(scores, slopes, [.. others.Select(k => (k * numDocuments) + own)], (i * numDocuments) + own, weight, out _);
            }
        }

        return new Result(
            loss, hits, Gradient(numQueries, numDocuments, documentsMD, width, (i, j) => slopes[(i * numDocuments) + j]), Gradient(numDocuments, numQueries, queriesBD, width, (j, i) => slopes[(i * numDocuments) + j]));
    }

    /// <summary>-ln softmax of some scores at one of them; its gradient times a weight is added to the slopes.</summary>
    private static double Add(double[] scores, double[] slopes, int[] among, int own, double weight, out bool isBest)
    {
        var most = among.Max(at => scores[at]);
        var sum = among.Sum(at => Math.Exp(scores[at] - most));
        foreach (var at in among)
        {
            slopes[at] += weight * Math.Exp(scores[at] - most) / sum;
        }

        slopes[own] -= weight;
        isBest = scores[own] >= most;
        return Math.Log(sum) + most - scores[own];
    }

    /// <summary>Each row's gradient: the others' vectors, weighted, in their order.</summary>
    private float[] Gradient(int numRows, int numOthers, float[] others, int width, Func<int, int, double> slope)
    {
        var gradient = new float[numRows * width];
        WorkerPool.For(numRows, row =>
        {
            var target = gradient.AsSpan(row * width, width);
            for (var other = 0; other < numOthers; other++)
            {
                TensorPrimitives.MultiplyAdd(others.AsSpan(other * width, width), (float)(slope(row, other) / Temperature), target, target);
            }
        });
        return gradient;
    }

    /// <summary>What came out.</summary>
    /// <param name="Loss">Nats a query.</param>
    /// <param name="Hits">Queries whose own document scores highest.</param>
    /// <param name="QueryGradient">[B, D].</param>
    /// <param name="DocumentGradient">[M, D].</param>
    public sealed record Result(double Loss, int Hits, float[] QueryGradient, float[] DocumentGradient);
}
