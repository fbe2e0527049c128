using Ropewalk.Positions;
using Ropewalk.Positions.Laws;

namespace Ropewalk.Tests.Positions.Laws;

/// <summary>The worked numbers of 2310.05209 and 2502.20082.</summary>
public class RopeLawsTests
{
    private static readonly RopeGeometry Llama2 = new(128, 10000, 4096);

    [Theory]
    [InlineData(128, 10000.0, 4096, 92)]
    [InlineData(128, 10000.0, 2048, 82)]
    [InlineData(128, 10000.0, 8192, 100)]
    [InlineData(128, 500000.0, 8192, 70)]
    [InlineData(128, 1000000.0, 32768, 80)]
    [InlineData(96, 10000.0, 2048, 62)]
    [InlineData(128, 10000.0, 6, 0)]
    [InlineData(8, 10.0, 1000000, 8)]
    public void Critical_dimension(int dimension, double thetaBase, int context, int expected)
    {
        var geometry = new RopeGeometry(dimension, thetaBase, context);
        Assert.Equal(expected, RopeLaws.CriticalDimension(geometry));
        Assert.Equal(expected / 2, RopeLaws.CriticalPair(geometry));
    }

    [Fact]
    public void The_critical_pair_is_the_first_that_does_not_complete_a_turn()
    {
        var wavelengths = RopeLaws.Wavelengths(Llama2);
        var critical = RopeLaws.CriticalPair(Llama2);
        Assert.True(wavelengths[critical - 1] <= 4096);
        Assert.True(wavelengths[critical] > 4096);
        var ten = RopeLaws.CriticalPair(Llama2, 10);
        Assert.True(wavelengths[ten - 1] <= 409.6);
        Assert.True(wavelengths[ten] > 409.6);
        Assert.Equal(Math.Tau, wavelengths[0]);
    }

    [Theory]
    [InlineData(16384, 71738)]
    [InlineData(32768, 192144)]
    [InlineData(102400, 970497)]
    [InlineData(100000, 938327)]
    [InlineData(4096, 10000)]
    public void Critical_base(int tuning, double expected) => Assert.Equal(expected, RopeLaws.CriticalBase(Llama2, tuning), 0.5);

    [Theory]
    [InlineData(1e5, 24656)]
    [InlineData(5e5, 78400)]
    [InlineData(1e6, 129027)]
    public void Extrapolation_limit(double tunedBase, double expected) => Assert.Equal(expected, RopeLaws.ExtrapolationLimit(Llama2, tunedBase), 0.5);

    [Theory]
    [InlineData(32768, 148544)]
    [InlineData(65536, 389653)]
    [InlineData(131072, 1022122)]
    [InlineData(1048576, 18449123)]
    public void Base_for_length(double length, double expected)
    {
        var found = RopeLaws.BaseForLength(Llama2, length);
        Assert.Equal(expected, found, 0.5);
        Assert.Equal(length, RopeLaws.ExtrapolationLimit(Llama2, found), 1e-6 * length);
    }

    [Fact]
    public void Turning_points_of_small_bases()
    {
        var (beta1, beta2, beta3) = RopeLaws.SmallBaseTurningPoints(4096);
        Assert.Equal(2608, beta1, 0.5);
        Assert.Equal(1304, beta2, 0.5);
        Assert.Equal(652, beta3, 0.5);
    }

    [Fact]
    public void Lengths_and_bases_without_meaning_are_refused()
    {
        Assert.Throws<UserInputException>(() => RopeLaws.CriticalBase(new RopeGeometry(8, 10000, 6), 4096));
        Assert.Throws<UserInputException>(() => RopeLaws.CriticalBase(Llama2, 6));
        Assert.Throws<UserInputException>(() => RopeLaws.BaseForLength(new RopeGeometry(8, 10000, 6), 4096));
        Assert.Throws<UserInputException>(() => RopeLaws.CriticalDimension(new RopeGeometry(8, 1, 4096)));
        Assert.Throws<UserInputException>(() => RopeLaws.ExtrapolationLimit(Llama2, 0));
    }
}
