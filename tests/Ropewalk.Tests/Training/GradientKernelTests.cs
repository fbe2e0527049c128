using Ropewalk.Engine.Kernels;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Training;

/// <summary>Each operation's gradient against central differences in float64 of its definition.</summary>
[Trait("Category", "Kernels")]
public sealed unsafe class GradientKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 50)]
    [InlineData(400, 49, 97)]
    [InlineData(1000, 96, 48)]
    [InlineData(40, 13, 800)]
    public void A_weights_gradient_is_the_product_by_its_definition(int numRows, int numOutputs, int width)
    {
        var dy = Numbers.Random(numRows * numOutputs, 1);
        var x = Numbers.Random(numRows * width, 2);
        var found = Numbers.Random(numOutputs * width, 3);
        var expected = found.ToArray();
        WeightGradient.Reference(dy, numRows, numOutputs, x, width, expected);
        var packed = new float[WeightGradient.PackedLength(numRows, width)];
        fixed (float* dyTN = dy, xTK = x, packedX = packed, dw = found)
        {
            WeightGradient.PackInput(xTK, numRows, width, packedX);
            WeightGradient.Accumulate(dyTN, numRows, numOutputs, packedX, width, dw);
        }

        Numbers.Close(expected, found, 2e-6 * Math.Sqrt(numRows) * 4, $"{numRows} {numOutputs} {width}");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 37)]
    [InlineData(true, 24)]
    [InlineData(true, 37)]
    public void A_norms_gradient_agrees_with_central_differences(bool centered, int width)
    {
        const int NumRows = 3;
        const double Epsilon = 1e-5;
        var x = Numbers.Random(NumRows * width, 4);
        var weight = Numbers.Random(width, 5).Select(v => 1 + (v / 2)).ToArray();
        var dy = Numbers.Random(NumRows * width, 6);
        var found = new float[x.Length];
        var again = found.ToArray();
        var dweight = new float[width];
        fixed (float* xTD = x, dyTD = dy, dxTD = found, twice = again, dw = dweight)
        {
            NormBackward.Run(xTD, NumRows, weight, centered, (float)Epsilon, dyTD, dxTD, accumulate: false, dw);
            NormBackward.Run(xTD, NumRows, weight, centered, (float)Epsilon, dyTD, twice, accumulate: true, null);
            NormBackward.Run(xTD, NumRows, weight, centered, (float)Epsilon, dyTD, twice, accumulate: true, null);
        }

        double Loss(double[] input, double[] scales)
        {
            var sum = 0d;
            for (var row = 0; row < NumRows; row++)
            {
                var values = input.AsSpan(row * width, width).ToArray();
                var mean = centered ? values.Average() : 0;
                var factor = 1 / Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + Epsilon);
                sum += values.Select((v, i) => (v - mean) * factor * scales[i] * dy[(row * width) + i]).Sum();
            }

            return sum;
        }

        var inputs = Gradients.ToDoubles(x);
        var scales = Gradients.ToDoubles(weight);
        var tolerance = width == 1 ? 2e-3 : 2e-5;
        for (var i = 0; i < x.Length; i++)
        {
            var slope = Gradients.Slope(v => Loss(v, scales), inputs, i);
            Numbers.Close(slope, found[i], tolerance, $"dx {i}");
            Numbers.Close(2 * slope, again[i], 2 * tolerance, $"dx {i}, added");
        }

        for (var i = 0; i < width; i++)
        {
            Numbers.Close(Gradients.Slope(v => Loss(inputs, v), scales, i), dweight[i], 2e-5, $"dweight {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_activations_gradient_agrees_with_central_differences(int kind)
    {
        var activation = (Activation)kind;
        const int Count = 203;
        var x = Numbers.Random(Count, 7, 6);
        var up = Numbers.Random(Count, 8);
        var dy = Numbers.Random(Count, 9);
        var (dx, dup, dxAlone) = (new float[Count], new float[Count], new float[Count]);
        fixed (float* px = x, pup = up, pdy = dy, pdx = dx, pdup = dup, palone = dxAlone)
        {
            ActivateBackward.Run(activation, px, pup, pdy, pdx, pdup, Count);
            ActivateBackward.Run(activation, px, null, pdy, palone, null, Count);
        }

        for (var i = 0; i < Count; i++)
        {
            var slope = (Activate.Reference(activation, x[i] + 1e-5) - Activate.Reference(activation, x[i] - 1e-5)) / 2e-5;
            Numbers.Close(dy[i] * up[i] * slope, dx[i], 2e-6, $"dx at {x[i]}");
            Numbers.Close(dy[i] * slope, dxAlone[i], 2e-6, $"dx at {x[i]}, ungated");
            Numbers.Close(dy[i] * Activate.Reference(activation, x[i]), dup[i], 2e-6, $"dup at {x[i]}");
        }
    }

    [Theory]
    [InlineData(1, 8, 0)]
    [InlineData(13, 12, 0)]
    [InlineData(61, 20, 0)]
    [InlineData(170, 8, 0)]
    [InlineData(150, 8, 30)]
    [InlineData(49, 64, 7)]
    [InlineData(300, 8, 0)]
    [InlineData(530, 4, 40)]
    public void Attentions_gradient_agrees_with_central_differences(int numTokens, int headWidth, int window)
    {
        var scale = 1 / Math.Sqrt(headWidth);
        var length = numTokens * headWidth;
        var (q, k, v, dy) = (Numbers.Random(length, 10, 2), Numbers.Random(length, 11, 2), Numbers.Random(length, 12), Numbers.Random(length, 13));
        var scaled = q.Select(x => (float)(x * scale * VectorMath.Log2E)).ToArray();
        var (output, logSums, dq, dk, dv) = (new float[length], new float[numTokens], new float[length], new float[length], new float[length]);
        var first = Enumerable.Range(0, numTokens).Select(t => window == 0 ? 0 : Math.Max(0, t + 1 - window)).ToArray();
        var end = Enumerable.Range(1, numTokens).ToArray();
        fixed (float* pq = scaled, pk = k, pv = v, pdy = dy, po = output, pl = logSums, pdq = dq, pdk = dk, pdv = dv)
        fixed (int* pfirst = first, pend = end)
        {
            var head = new TrainedHead
            {
                NumTokens = numTokens,
                HeadWidth = headWidth,
                StrideQueries = headWidth,
                StrideKeys = headWidth,
                Bands = [new TrainedBand((nint)pq, (nint)pdq, 0, (nint)pfirst, (nint)pend)],
                Keys = [(nint)pk],
                Values = pv,
                Output = po,
                LogSums = pl,
                OutputGradient = pdy,
                KeyGradients = [(nint)pdk],
                ValueGradients = pdv,
            };
            TrainedAttention.Forward(head);
            TrainedAttention.Backward(head);
        }

        var inputs = new[] { Gradients.ToDoubles(q).Select(x => x * scale).ToArray(), Gradients.ToDoubles(k), Gradients.ToDoubles(v) };
        bool Sees(int t, int s) => s <= t && s >= first[t];
        var expected = TrainedAttention.Reference(inputs[0], inputs[1], inputs[2], headWidth, Sees);
        for (var i = 0; i < length; i++)
        {
            Numbers.Close(expected[i], output[i], 3e-6, $"output {i}");
        }

        double Loss(double[][] x) => TrainedAttention.Reference(x[0], x[1], x[2], headWidth, Sees).Select((y, i) => y * dy[i]).Sum();
        foreach (var (what, found, which) in new[] { ("dq", dq, 0), ("dk", dk, 1), ("dv", dv, 2) })
        {
            // Of the queries as they were given to the kernel, log2(e) and all.
            var factor = which == 0 ? 1 / (double)VectorMath.Log2E : 1;
            for (var i = 0; i < length; i += Math.Max(1, length / 23))
            {
                var slope = Gradients.Slope(x => Loss([.. inputs.Select((input, j) => j == which ? x : input)]), inputs[which], i) * factor;
                Numbers.Close(slope, found[i], 1e-5, $"{what} {i}");
            }

            // All at once, along a random direction.
            var direction = Numbers.Random(length, 14);
            double Along(double h) => Loss([.. inputs.Select((input, j) => j == which ? [.. input.Select((x, i) => x + (h * direction[i]))] : input)]);
            Numbers.Close((Along(1e-4) - Along(-1e-4)) / 2e-4 * factor, found.Select((x, i) => (double)x * direction[i]).Sum(), 1e-4, $"{what} along a direction");
        }
    }
}
