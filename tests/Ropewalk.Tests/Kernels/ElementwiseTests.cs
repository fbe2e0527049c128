using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Kernels;

/// <summary>The kernels without a matrix, against their formulas in float64.</summary>
[Trait("Category", "Kernels")]
public sealed unsafe class ElementwiseTests
{
    [Fact]
    public void Powers_of_two_are_right_to_float32()
    {
        float[] inputs =
        [
            0f, -0f, -126f, -125.5f, 10f, 0.5f, -0.5f, 1.5f, -1.5f, 2.5f, 126.9f, -125.99999f,
            .. Enumerable.Range(0, 500).Select(i => (i * 0.27f) - 126f),
        ];
        foreach (var x in inputs)
        {
            var expected = Math.Pow(2, x);
            foreach (var (form, found) in Both(x))
            {
                Numbers.Close(expected, found, 4e-7 * expected, $"2^{x:R} {form}");
            }
        }

        Assert.All(Both(0f), p => Assert.Equal(1f, p.Value));
    }

    [Fact]
    public void Below_the_smallest_exponent_a_power_is_zero_and_nan_stays_nan()
    {
        foreach (var x in (float[])[-126.001f, -127f, -1000f, -1e30f, float.NegativeInfinity])
        {
            Assert.All(Both(x), p => Assert.True(p.Value.Equals(0f), $"2^{x}: expected 0, found {p.Value} ({p.Form})"));
        }

        Assert.All(Both(float.NaN), p => Assert.True(float.IsNaN(p.Value), $"2^NaN: expected NaN, found {p.Value} ({p.Form})"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(4096)]
    public void A_norm_divides_by_the_root_of_the_mean_square(int width)
    {
        const int Rows = 3;
        const float Epsilon = 1e-5f;
        var x = Numbers.Random(Rows * width, 20, 3);
        x.AsSpan(0, width).Clear();
        var weight = Numbers.Random(width, 21);
        var found = new float[x.Length];
        var inPlace = x.ToArray();
        fixed (float* px = x, pf = found, pi = inPlace)
        {
            RmsNorm.Forward(px, Rows, weight, Epsilon, pf);
            RmsNorm.Forward(pi, Rows, weight, Epsilon, pi);
        }

        for (var row = 0; row < Rows; row++)
        {
            var squares = x.Skip(row * width).Take(width).Sum(v => (double)v * v);
            for (var i = 0; i < width; i++)
            {
                var expected = x[(row * width) + i] / Math.Sqrt((squares / width) + Epsilon) * weight[i];
                Numbers.Close(expected, found[(row * width) + i], 1e-6 * Math.Abs(expected), $"width {width} row {row} channel {i}");
            }
        }

        Numbers.Same(found, inPlace, "in place");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(24)]
    [InlineData(100)]
    [InlineData(1003)]
    public void A_layer_norm_has_mean_and_deviation_of_its_bias_and_weight(int width)
    {
        const int Rows = 3;
        const float Epsilon = 1e-5f;
        var x = Numbers.Random(Rows * width, 50, 3).Select(v => v + 1).ToArray();
        x.AsSpan(0, width).Fill(2);
        var weight = Numbers.Random(width, 51);
        var bias = Numbers.Random(width, 52);
        var found = new float[x.Length];
        var inPlace = x.ToArray();
        fixed (float* px = x, pf = found, pi = inPlace)
        {
            LayerNorm.Forward(px, Rows, weight, bias, Epsilon, pf);
            LayerNorm.Forward(pi, Rows, weight, bias, Epsilon, pi);
        }

        for (var row = 0; row < Rows; row++)
        {
            var values = x.Skip(row * width).Take(width).ToArray();
            var mean = values.Average(v => (double)v);
            var variance = values.Average(v => (v - mean) * (v - mean));
            for (var i = 0; i < width; i++)
            {
                var expected = ((values[i] - mean) / Math.Sqrt(variance + Epsilon) * weight[i]) + bias[i];
                Numbers.Close(expected, found[(row * width) + i], 1e-5, $"width {width} row {row} channel {i}");
            }
        }

        Numbers.Same(found, inPlace, "in place");
    }

    [Theory]
    [InlineData("Silu")]
    [InlineData("Gelu")]
    [InlineData("GeluTanh")]
    public void A_gate_is_the_activation_times_up_and_its_place_does_not_matter(string name)
    {
        var activation = Enum.Parse<Activation>(name);
        float[] gates = [.. Numbers.Random(60, 22, 8), .. Numbers.Random(60, 23, 3), .. Numbers.Random(10, 23, 80), 0f, -0f, 100f, -100f, 1000f, -1000f, 1e30f];
        var ups = Numbers.Random(gates.Length, 24, 2);
        var whole = gates.ToArray();
        var ungated = gates.ToArray();
        fixed (float* pg = whole, pu = ups, pn = ungated)
        {
            Activate.Forward(activation, pg, pu, whole.Length);
            Activate.Forward(activation, pn, null, ungated.Length);
        }

        for (var i = 0; i < gates.Length; i++)
        {
            double g = gates[i];
            var expected = Activate.Reference(activation, g);
            var tolerance = (1e-6 * (1 + (Math.Min(Math.Abs(g), 90) / 8)) * Math.Abs(expected)) + (activation == Activation.Silu ? 1e-34 : 5e-7 * Math.Min(Math.Abs(g), 10));
            Numbers.Close(expected, ungated[i], tolerance, $"{name} of element {i}, {g}");
            Numbers.Close(expected * ups[i], whole[i], tolerance * Math.Max(1, Math.Abs(ups[i])), $"{name} of element {i}, {g}, times {ups[i]}");
        }

        for (var count = 1; count < 40; count++)
        {
            var part = gates[^count..];
            fixed (float* pg = part, pu = &ups[gates.Length - count])
            {
                Activate.Forward(activation, pg, pu, count);
            }

            Numbers.Same(whole.AsSpan(gates.Length - count), part, $"the last {count} alone");
        }
    }

    [Fact]
    public void Activations_have_their_known_values()
    {
        // Printed by Python: x * 0.5 * (1 + math.erf(x / 2**0.5)), and the formula with math.tanh.
        foreach (var (x, gelu, tanh) in ((double, double, double)[])
            [(1, 0.8413447, 0.8411920), (-1, -0.1586553, -0.1588080), (2, 1.9544997, 1.9545977), (-3, -0.0040497, -0.0036374), (0.5, 0.3457312, 0.3457140)])
        {
            Numbers.Close(gelu, Activate.Reference(Activation.Gelu, x), 6e-8, $"gelu({x})");
            Numbers.Close(tanh, Activate.Reference(Activation.GeluTanh, x), 6e-8, $"tanh gelu({x})");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(512)]
    [InlineData(32_003)]
    public void A_loss_is_the_negative_log_of_the_softmax(int vocabulary)
    {
        foreach (var scale in (double[])[0, 1, 30, 1e4])
        {
            var logits = Numbers.Random(vocabulary, 25, scale);
            var most = logits.Max(l => (double)l);
            var logSum = Math.Log(logits.Sum(l => Math.Exp(l - most))) + most;
            foreach (var target in (int[])[0, vocabulary / 2, vocabulary - 1])
            {
                var expected = logSum - logits[target];
                fixed (float* p = logits)
                {
                    Numbers.Close(expected, CrossEntropy.Forward(p, vocabulary, target), 3e-6 * (1 + (expected / 10)), $"V {vocabulary} scale {scale} target {target}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(36)]
    public void A_loss_among_nan_logits_is_nan(int at)
    {
        var logits = Numbers.Random(37, 26);
        logits[at] = float.NaN;
        fixed (float* p = logits)
        {
            Assert.True(double.IsNaN(CrossEntropy.Forward(p, logits.Length, 20)), $"NaN at {at} was not seen");
        }
    }

    [SharedFact]
    public void Rotation_agrees_with_vllm_in_both_layouts()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "vllm_rope.json")));
        var numVectors = 0;
        foreach (var example in golden.RootElement.GetProperty("rotation_examples").EnumerateArray())
        {
            var headWidth = example.GetProperty("head_size").GetInt32();
            var interleaved = !example.GetProperty("is_neox_style").GetBoolean();
            var geometry = new RopeGeometry(example.GetProperty("rotary_dim").GetInt32(), example.GetProperty("base").GetDouble(), 4096);
            var frequencies = new RopeFrequencies(geometry.InverseFrequencies());
            var positions = example.GetProperty("positions").EnumerateArray().Select(p => p.GetInt32()).ToArray();
            foreach (var name in (string[])["q", "k"])
            {
                for (var t = 0; t < positions.Length; t++)
                {
                    var cos = new float[geometry.Pairs];
                    var sin = new float[geometry.Pairs];
                    RotaryAngles.Fill(frequencies, positions[t], 1, cos, sin);
                    for (var head = 0; head < example.GetProperty(name)[t].GetArrayLength() / headWidth; head++)
                    {
                        var input = Row(example.GetProperty(name)[t]).Skip(head * headWidth).Take(headWidth).ToArray();
                        var expected = Row(example.GetProperty(name + "_out")[t]).Skip(head * headWidth).Take(headWidth).ToArray();
                        foreach (var (scale, stride) in ((float, int)[])[(1f, 1), (0.25f, 8)])
                        {
                            var output = new float[headWidth * stride];
                            fixed (float* px = input, pc = cos, ps = sin, py = output)
                            {
                                Rotate.Forward(px, headWidth, pc, ps, geometry.Pairs, scale, py, stride, interleaved);
                            }

                            for (var k = 0; k < headWidth; k++)
                            {
                                Numbers.Close(expected[k] * scale, output[k * stride], 1e-6, $"{name} position {positions[t]} head {head} entry {k} interleaved {interleaved} stride {stride}");
                            }
                        }

                        numVectors++;
                    }
                }
            }
        }

        // Two examples of three positions with two query heads and one key head.
        Assert.Equal(2 * 3 * (2 + 1), numVectors);
    }

    private static IEnumerable<float> Row(JsonElement row) => row.EnumerateArray().Select(v => v.GetSingle());

    private static (string Form, float Value)[] Both(float x) =>
    [
        ("512", VectorMath.Exp2(Vector512.Create(x))[15]),
        ("portable", VectorMath.Exp2(new Vector<float>(x))[Vector<float>.Count - 1]),
    ];
}
