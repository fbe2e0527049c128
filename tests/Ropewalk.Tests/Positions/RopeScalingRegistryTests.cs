using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions;

public class RopeScalingRegistryTests
{
    private static readonly RopeGeometry Geometry = new(8, 10000, 4096);
    private static readonly LongRopeScaling Factors = new(Geometry, [new(4096, [1, 1, 1, 1]), new(32768, [1, 2, 4, 8], 1.1)]);

    [Theory]
    [InlineData("none")]
    [InlineData("linear:4")]
    [InlineData("dynamic-linear")]
    [InlineData("ntk:4")]
    [InlineData("dynamic:4")]
    [InlineData("part-ntk:4")]
    [InlineData("part-ntk:4,ntk=0.5,extrapolation=0")]
    [InlineData("by-parts:4")]
    [InlineData("by-parts:4,beta-fast=16,beta-slow=2,truncate=false,extrapolation=0.5")]
    [InlineData("yarn:4")]
    [InlineData("yarn:4,attention=1.1,beta-fast=16")]
    [InlineData("yarn:2.5,attention-multiplier=0.5,mscale=0.7,mscale-all-dim=0")]
    [InlineData("dynamic-yarn:1")]
    [InlineData("llama3:8")]
    [InlineData("llama3:8,low=2,high=5")]
    [InlineData("base:1000000")]
    [InlineData("base:500")]
    [InlineData("proportional:2,fraction=0.25")]
    [InlineData("resonance+yarn:4")]
    [InlineData("resonance+none")]
    public void A_canonical_spec_parses_to_itself(string spec)
    {
        var scaling = Parse(spec);
        Assert.Equal(spec, scaling.Spec);
        Assert.Equal(scaling, Parse(scaling.Spec));
        Assert.StartsWith(scaling.Name, spec, StringComparison.Ordinal);
        Assert.Equal(4, scaling.At(8192).Pairs);
    }

    [Fact]
    public void Options_reach_their_parameters_and_defaults_are_left_out()
    {
        Assert.Equal(new YarnScaling(Geometry, 4) { ExplicitAttentionFactor = 1.1, BetaFast = 16, Truncate = false }, Parse("yarn:4,attention=1.1,beta-fast=16,truncate=false"));
        Assert.Equal("yarn:4", Parse("yarn:4.0,beta-fast=32,beta-slow=1").Spec);
        Assert.Equal(new BaseScaling(Geometry, 1e6), Parse("base:1e6"));
        Assert.Equal(new Llama3Scaling(Geometry, 8, 1, 5), Parse("llama3:8,high=5"));
    }

    [Fact]
    public void Factor_files_are_read_by_the_caller_with_the_path_as_written()
    {
        string? asked = null;
        var read = RopeScalingRegistry.Parse("resonance+longrope:a,b=c:d.json", Geometry, path =>
        {
            asked = path;
            return Factors;
        });
        Assert.Equal("a,b=c:d.json", asked);
        Assert.Equal(Factors, Assert.IsType<ResonanceScaling>(read).Inner);
        Assert.Equal(new DynamicLongRopeScaling(Geometry, [1, 2, 4, 8], 8, 1.1), Parse("dynamic-longrope:f.json"));
        Assert.Matches("^longrope:[0-9a-f]{16}$", Factors.Spec);
    }

    [Theory]
    [InlineData("", "unknown method ''")]
    [InlineData("yarm:4", "unknown method 'yarm'")]
    [InlineData("YARN:4", "unknown method 'YARN'")]
    [InlineData("yarn", "its number is missing")]
    [InlineData("yarn:", "value is ''")]
    [InlineData("yarn:four", "value is 'four'")]
    [InlineData("yarn:4,5", "'5' is not key=value")]
    [InlineData("yarn:0.5", "factor 0.5 is below 1")]
    [InlineData("linear:0", "value is '0'")]
    [InlineData("linear:-4", "value is '-4'")]
    [InlineData("linear:NaN", "value is 'NaN'")]
    [InlineData("linear:Infinity", "value is 'Infinity'")]
    [InlineData("linear:1e999", "value is '1e999'")]
    [InlineData("linear:1,000", "'000' is not key=value")]
    [InlineData("yarn:4,beta-fat=3", "unknown option 'beta-fat'")]
    [InlineData("linear:4,attention=1", "unknown option 'attention'")]
    [InlineData("yarn:4,beta-fast=1,beta-fast=2", "'beta-fast' is given twice")]
    [InlineData("yarn:4,truncate=yes", "truncate is 'yes'")]
    [InlineData("yarn:4,attention=0", "attention is '0'")]
    [InlineData("none:4", "it takes no value")]
    [InlineData("llama3:8,low=4,high=4", "high frequency factor: found 4, expected a finite number above 4")]
    [InlineData("longrope", "the factors file is missing")]
    [InlineData("longrope:", "the factors file is missing")]
    [InlineData("resonance+", "unknown method ''")]
    [InlineData("resonance+resonance+none", "unknown method 'resonance+none'")]
    public void A_bad_spec_is_one_line_that_names_flag_value_and_reason(string spec, string reason)
    {
        var error = Assert.Throws<UserInputException>(() => Parse(spec));
        Assert.StartsWith($"--scaling {spec}: {reason}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void An_unknown_method_lists_the_allowed_forms()
    {
        var error = Assert.Throws<UserInputException>(() => Parse("rope:2"));
        Assert.All(RopeScalingRegistry.Forms, form => Assert.Contains(form, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_width_of_two_has_no_base_exponent()
    {
        var narrow = new RopeGeometry(2, 10000, 16);
        foreach (var spec in (string[])["ntk:4", "dynamic:4", "part-ntk:4"])
        {
            var error = Assert.Throws<UserInputException>(() => RopeScalingRegistry.Parse(spec, narrow, _ => Factors));
            Assert.Contains($"--scaling {spec}: ", error.Message, StringComparison.Ordinal);
            Assert.Contains("rotary dimension 2", error.Message, StringComparison.Ordinal);
        }
    }

    private static RopeScaling Parse(string spec) => RopeScalingRegistry.Parse(spec, Geometry, _ => Factors);
}
