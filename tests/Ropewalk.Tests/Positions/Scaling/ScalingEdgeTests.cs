using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Scaling;

/// <summary>The corners of the formulas: scale 1 and below, borders of lengths, degenerate ramps.</summary>
public class ScalingEdgeTests
{
    private static readonly RopeGeometry Geometry = new(64, 10000, 4096);

    [Fact]
    public void Factor_one_is_the_plain_encoding_in_every_method()
    {
        var plain = new NoScaling(Geometry).At(4096);
        RopeScaling[] methods =
        [
            new LinearScaling(Geometry, 1), new NtkScaling(Geometry, 1), new DynamicNtkScaling(Geometry, 1), new PartNtkScaling(Geometry, 1),
            new NtkByPartsScaling(Geometry, 1), new YarnScaling(Geometry, 1), new DynamicYarnScaling(Geometry), new Llama3Scaling(Geometry, 1),
            new BaseScaling(Geometry, 10000), new ProportionalScaling(Geometry, 1), new DynamicLinearScaling(Geometry),
            new LongRopeScaling(Geometry, [new(4096, LongRopeSeeds.Linear(1, 64))]),
            new DynamicLongRopeScaling(Geometry, LongRopeSeeds.Linear(8, 64), 8, 1),
        ];
        foreach (var method in methods)
        {
            var f = method.At(4096);
            Assert.Equal(1, f.AttentionFactor);
            for (var i = 0; i < 32; i++)
            {
                Assert.True(Math.Abs((f.InverseFrequencies[i] / plain.InverseFrequencies[i]) - 1) < 1e-14, $"{method.Name} pair {i}");
            }
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Attention_factors_are_one_up_to_scale_one(double s)
    {
        Assert.Equal(1, AttentionFactors.Yarn(s));
        Assert.Equal(1, AttentionFactors.Su(s, 4096));
        Assert.Equal(1, AttentionFactors.Su(s, 1));
        Assert.Equal(1, new YarnScaling(Geometry, s).AttentionFactor);
    }

    [Fact]
    public void Attention_factors_have_the_published_values()
    {
        Assert.Equal(1.190238, AttentionFactors.Su(32, 4096), 5e-7);
        Assert.Equal(1.0408, AttentionFactors.Su(2, 4096), 5e-5);
        Assert.Equal(1.0646, AttentionFactors.Su(4, 32768), 5e-5);
        Assert.Equal(1.2772588722239782, AttentionFactors.Yarn(16), 1e-15);
        Assert.Throws<UserInputException>(() => AttentionFactors.Su(2, 1));
    }

    [Fact]
    public void Attention_factor_sources_are_ranked()
    {
        Assert.Equal(1.5, new YarnScaling(Geometry, 40) { ExplicitAttentionFactor = 1.5, Mscale = 1, MscaleAllDim = 0.8, AttentionMultiplier = 3 }.AttentionFactor);
        Assert.Equal(1, new YarnScaling(Geometry, 40) { Mscale = 0.707, MscaleAllDim = 0.707 }.AttentionFactor);

        // One of the pair alone, or 0, leaves the plain formula.
        Assert.Equal(AttentionFactors.Yarn(40), new YarnScaling(Geometry, 40) { Mscale = 0.5 }.AttentionFactor);
        Assert.Equal(AttentionFactors.Yarn(40), new YarnScaling(Geometry, 40) { Mscale = 0.5, MscaleAllDim = 0 }.AttentionFactor);
    }

    [Fact]
    public void Dynamic_ntk_is_plain_up_to_the_window_and_static_ntk_beyond()
    {
        var dynamic = new DynamicNtkScaling(Geometry, 2);
        var plain = new NoScaling(Geometry).At(0);
        Assert.All((long[])[0, 1, 4095, 4096], n => Assert.Equal(plain, dynamic.At(n)));
        Assert.NotEqual(plain, dynamic.At(4097));
        Assert.Equal(new NtkScaling(Geometry, 3).At(0), dynamic.At(8192));
        Assert.Throws<ArgumentOutOfRangeException>(() => dynamic.At(-1));
    }

    [Fact]
    public void Ntk_divides_the_last_pair_by_exactly_alpha()
    {
        var factors = new NtkScaling(Geometry, 8).At(0).RescaleFactors(Geometry);
        Assert.Equal(1, factors[0]);
        Assert.Equal(8, factors[31], 1e-12);

        // The LongRoPE paper's seed stays below it.
        Assert.Equal(Math.Pow(8, 62.0 / 64), LongRopeSeeds.Ntk(8, 64)[31], 1e-12);
    }

    [Theory]
    [InlineData(4096, 10000.0, 64, 10, 23)]
    [InlineData(4096, 10000.0, 128, 20, 46)]
    [InlineData(32768, 1000000.0, 128, 23, 40)]
    [InlineData(6, 10000.0, 64, 0, 0)]
    [InlineData(150, 10000.0, 64, 0, 12)]
    public void The_ramp_covers_the_published_pairs(int context, double thetaBase, int dimension, int low, int high) =>
        Assert.Equal((low, high), YarnRamp.Range(new RopeGeometry(dimension, thetaBase, context), 32, 1));

    [Fact]
    public void A_ramp_without_width_is_a_step()
    {
        var mask = YarnRamp.Mask(new RopeGeometry(64, 10000, 6), 32, 1);
        Assert.Equal(1, mask[0]);
        Assert.All(mask[1..], m => Assert.Equal(0, m));
    }

    [Fact]
    public void An_unrounded_ramp_is_gpt_oss_s()
    {
        var (low, high) = YarnRamp.Range(new RopeGeometry(64, 150000, 4096), 32, 1, truncate: false);
        Assert.Equal(8.0928, low, 5e-5);
        Assert.Equal(17.3980, high, 5e-5);
        Assert.Equal((8, 18), YarnRamp.Range(new RopeGeometry(64, 150000, 4096), 32, 1));
    }

    [Fact]
    public void A_window_with_many_turns_never_leaves_the_ramp()
    {
        var geometry = new RopeGeometry(64, 10000, 1_000_000);
        Assert.Equal(42, YarnRamp.Range(geometry, 32, 1).High);
        Assert.True(YarnRamp.Mask(geometry, 32, 1)[31] > 0.3);

        // The upper end is held at d - 1.
        Assert.Equal(63, YarnRamp.Range(new RopeGeometry(64, 10, 1_000_000), 32, 1).High);
    }

    [Fact]
    public void A_reversed_ramp_stays_finite_and_within_zero_and_one()
    {
        var mask = YarnRamp.Mask(Geometry, 1, 32);
        Assert.All(mask, m => Assert.InRange(m, 0, 1));

        // The clamped quotient runs the other way: slow pairs keep their frequency.
        Assert.Equal(0, mask[0]);
        Assert.Equal(1, mask[31]);
    }

    [Fact]
    public void A_base_of_one_has_no_ramp()
    {
        var flat = new RopeGeometry(64, 1, 4096);
        Assert.Throws<UserInputException>(() => new YarnScaling(flat, 4));
        Assert.Throws<UserInputException>(() => new NtkByPartsScaling(flat, 4));
        Assert.Equal(1, new NoScaling(flat).At(0).InverseFrequencies[31]);
    }

    [Fact]
    public void Longrope_switches_after_exactly_the_original_window()
    {
        var scaling = new LongRopeScaling(new RopeGeometry(4, 10000, 16), [new(16, [1, 1]), new(32, [1, 2]), new(64, [1, 4], 1.1, 2)]);
        Assert.Equal([1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 4.0], new long[] { 0, 1, 15, 16, 17, 32, 33, 64, 65 }.Select(n => scaling.EntryFor(n).RescaleFactors[1]));
        Assert.Equal(2, scaling.At(65).StartTokens);
        Assert.Equal(0.01, scaling.At(65).StartInverseFrequencies[1], 1e-17);
        Assert.Equal(0, scaling.At(16).StartTokens);
    }

    [Fact]
    public void Longrope_entries_are_checked()
    {
        var geometry = new RopeGeometry(4, 10000, 16);
        Assert.Throws<UserInputException>(() => new LongRopeScaling(geometry, []));
        Assert.Throws<UserInputException>(() => new LongRopeScaling(geometry, [new(16, [1])]));
        Assert.Throws<UserInputException>(() => new LongRopeScaling(geometry, [new(16, [1, 1, 1])]));
        Assert.Throws<UserInputException>(() => new LongRopeScaling(geometry, [new(32, [1, 1]), new(16, [1, 1])]));
        Assert.Throws<UserInputException>(() => new LongRopeEntry(16, [1, 0]));
        Assert.Throws<UserInputException>(() => new LongRopeEntry(16, [1, double.NaN]));
        Assert.Throws<UserInputException>(() => new LongRopeEntry(0, [1, 1]));
        Assert.Throws<UserInputException>(() => new LongRopeEntry(16, [1, 1], 1, -1));
    }

    [Fact]
    public void Equal_contents_are_equal_scalings()
    {
        var geometry = new RopeGeometry(4, 10000, 16);
        LongRopeScaling Make(double last) => new(geometry, [new(16, [1, last])]);
        Assert.Equal(Make(2), Make(2));
        Assert.Equal(Make(2).Spec, Make(2).Spec);
        Assert.NotEqual(Make(2), Make(3));
        Assert.NotEqual(Make(2).Spec, Make(3).Spec);
        Assert.Equal(new DynamicLongRopeScaling(geometry, [1, 2], 4, 1), new DynamicLongRopeScaling(geometry, [1, 2], 4, 1));
        Assert.NotEqual(new DynamicLongRopeScaling(geometry, [1, 2], 4, 1), new DynamicLongRopeScaling(geometry, [1, 3], 4, 1));
    }

    [Fact]
    public void Dynamic_longrope_grows_from_one_to_its_factors()
    {
        var scaling = new DynamicLongRopeScaling(new RopeGeometry(4, 10000, 16), [1, 5], 5, 1);
        Assert.Equal([1.0, 1.0, 2.0, 5.0], new long[] { 0, 16, 32, 80 }.Select(n => Math.Round(scaling.At(n).RescaleFactors(scaling.Geometry)[1], 12)));
        Assert.Throws<UserInputException>(() => new DynamicLongRopeScaling(scaling.Geometry, [1, 0.9], 5, 1));
        Assert.Throws<UserInputException>(() => new DynamicLongRopeScaling(scaling.Geometry, [1, 2], 1, 1));
    }

    [Fact]
    public void Llama3_has_three_bands()
    {
        var geometry = new RopeGeometry(128, 500000, 8192);
        var factors = new Llama3Scaling(geometry, 8).At(0).RescaleFactors(geometry);
        for (var i = 0; i < 64; i++)
        {
            var wavelength = Math.Tau / geometry.InverseFrequency(i);
            var expected = wavelength < 2048 ? (1.0, 1.0) : wavelength > 8192 ? (8, 8) : (1, 8);
            Assert.InRange(factors[i], expected.Item1 - 1e-12, expected.Item2 + 1e-12);
        }

        Assert.Throws<UserInputException>(() => new Llama3Scaling(geometry, 8, 4, 1));
    }
}
