using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions;

public class RotaryAnglesTests
{
    // Base 1e4 over 4 pairs: 1, 0.1, 0.01 and 0.001 radian a token, which decimal holds exactly.
    private static readonly decimal[] ExactFrequencies = [1m, 0.1m, 0.01m, 0.001m];
    private const decimal Tau = 6.2831853071795864769252867666m;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(131071)]
    [InlineData((1 << 21) - 3)]
    public void Rows_are_right_to_float_rounding_up_to_two_million(long first)
    {
        var f = new NoScaling(new RopeGeometry(8, 10000, 4096)).At(1 << 21);
        var cos = new float[3 * 4];
        var sin = new float[3 * 4];
        RotaryAngles.Fill(f, first, 3, cos, sin);
        for (var row = 0; row < 3; row++)
        {
            for (var i = 0; i < 4; i++)
            {
                // 28 digits: the remainder is exact far beyond float64.
                var angle = (double)((first + row) * ExactFrequencies[i] % Tau);
                Assert.Equal(Math.Cos(angle), cos[(row * 4) + i], 6.1e-8);
                Assert.Equal(Math.Sin(angle), sin[(row * 4) + i], 6.1e-8);
            }
        }
    }

    [Fact]
    public void Float32_angles_would_be_wrong_at_two_million()
    {
        const long position = (1 << 21) - 3;
        var worst = ExactFrequencies.Max(f => Math.Abs(MathF.Cos(position * (float)f) - Math.Cos((double)(position * f % Tau))));
        Assert.True(worst > 1e-3, $"float32 angles are only {worst} wrong: the float64 path proves nothing");
    }

    [Fact]
    public void Start_tokens_keep_their_unscaled_angle_and_the_attention_factor_multiplies_both()
    {
        var geometry = new RopeGeometry(4, 10000, 16);
        var f = new LongRopeScaling(geometry, [new(64, [2, 4], 1.5, 3)]).At(64);
        var cos = new float[5 * 2];
        var sin = new float[5 * 2];
        RotaryAngles.Fill(f, 0, 5, cos, sin);
        double[] slowest = [0, 0.01, 0.02, 0.03 / 4, 0.04 / 4];
        for (var row = 0; row < 5; row++)
        {
            Assert.Equal(1.5 * Math.Cos(slowest[row]), cos[(row * 2) + 1], 1e-6);
            Assert.Equal(1.5 * Math.Sin(slowest[row]), sin[(row * 2) + 1], 1e-7);
            Assert.Equal(1.5 * Math.Cos(row < 3 ? row : row / 2.0), cos[row * 2], 1e-6);
        }
    }

    [Fact]
    public void Given_positions_and_consecutive_ones_agree()
    {
        var f = new YarnScaling(new RopeGeometry(64, 10000, 4096), 8).At(0);
        var (cosA, sinA, cosB, sinB) = (new float[96], new float[96], new float[96], new float[96]);
        RotaryAngles.Fill(f, 7, 3, cosA, sinA);
        RotaryAngles.Fill(f, [9, 8, 7], cosB, sinB);
        Assert.Equal(cosA[..32], cosB[64..]);
        Assert.Equal(sinA[32..64], sinB[32..64]);
        Assert.NotEqual(cosA, cosB);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        var f = new NoScaling(new RopeGeometry(8, 10000, 16)).At(0);
        Assert.Throws<ArgumentException>(() => RotaryAngles.Fill(f, 0, 2, new float[8], new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RotaryAngles.Fill(f, -1, 1, new float[4], new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RotaryAngles.Fill(f, [-1], new float[4], new float[4]));
    }

    [Fact]
    public void Positions_between_tokens_have_the_angles_between()
    {
        var f = new NoScaling(new RopeGeometry(8, 10000, 4096)).At(4096);
        var (cos, sin) = (new float[4 * 4], new float[4 * 4]);
        var (wholeCos, wholeSin) = (new float[2 * 4], new float[2 * 4]);
        RotaryAngles.Fill(f, (ReadOnlySpan<double>)[7, 2.5, (1 << 21) + 0.25, 2], cos, sin);
        RotaryAngles.Fill(f, (ReadOnlySpan<long>)[7, 2], wholeCos, wholeSin);
        Assert.Equal(wholeCos[..4], cos[..4]);
        Assert.Equal(wholeSin[4..], sin[12..]);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(Math.Cos((double)(2.5m * ExactFrequencies[i])), cos[4 + i], 6.1e-8);
            Assert.Equal(Math.Sin((double)(((1 << 21) + 0.25m) * ExactFrequencies[i] % Tau)), sin[8 + i], 6.1e-8);
        }

        foreach (var position in (double[])[-0.5, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => RotaryAngles.Fill(f, (ReadOnlySpan<double>)[position], cos, sin));
        }

        Assert.Throws<ArgumentException>(() => RotaryAngles.Fill(f, (ReadOnlySpan<double>)[1, 2, 3, 4, 5], cos, sin));
    }
}
