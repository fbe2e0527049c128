using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions;

public class RopeFrequenciesTests
{
    [Theory]
    [InlineData(3, 10000.0, 16, "rotary dimension: found 3")]
    [InlineData(0, 10000.0, 16, "rotary dimension: found 0")]
    [InlineData(-2, 10000.0, 16, "rotary dimension: found -2")]
    [InlineData(8, 0.0, 16, "base: found 0")]
    [InlineData(8, double.NaN, 16, "base: found NaN")]
    [InlineData(8, double.PositiveInfinity, 16, "base: found Infinity")]
    [InlineData(8, 10000.0, 0, "original context: found 0")]
    public void Impossible_geometry_is_refused(int dimension, double thetaBase, int context, string message)
    {
        var error = Assert.Throws<UserInputException>(() => new RopeGeometry(dimension, thetaBase, context));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Geometry_gives_frequencies_of_pairs()
    {
        var geometry = new RopeGeometry(8, 10000, 16);
        Assert.Equal(4, geometry.Pairs);
        Assert.Equal(1, geometry.InverseFrequency(0));
        Assert.Equal(0.001, geometry.InverseFrequency(3), 1e-18);
        Assert.Throws<ArgumentOutOfRangeException>(() => geometry.InverseFrequency(4));
    }

    [Fact]
    public void Equality_and_fingerprint_follow_every_number()
    {
        var same = new RopeFrequencies([1, 0.5], 1.1);
        Assert.Equal(same, new RopeFrequencies([1, 0.5], 1.1));
        Assert.Equal(same.GetHashCode(), new RopeFrequencies([1, 0.5], 1.1).GetHashCode());
        Assert.Equal(same.Fingerprint, new RopeFrequencies([1, 0.5], 1.1).Fingerprint);
        RopeFrequencies[] others =
        [
            new([1, 0.25], 1.1), new([1, 0.5], 1.2), new([1], 1.1), new([1, 0.5], 1.1, 2, [1, 1]), new([1, 0.5], 1.1, 2, [1, 0.9]), new([1, 0.5], 1.1, 3, [1, 1]),
        ];
        Assert.All(others, o => Assert.NotEqual(same, o));
        Assert.Equal(others.Length + 1, others.Append(same).Select(f => f.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void The_fingerprint_is_the_hash_of_little_endian_doubles()
    {
        // SHA-256 of 1.0, 1.0, 0.0 as 24 bytes.
        byte[] bytes = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0];
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        Assert.Equal(expected, new RopeFrequencies([1]).Fingerprint);
    }

    [Fact]
    public void Rescale_factors_and_wavelengths_are_the_quotients()
    {
        var geometry = new RopeGeometry(4, 10000, 16);
        var f = new LongRopeScaling(geometry, [new(64, [1, 4])]).At(0);
        Assert.Equal([1.0, 4.0], f.RescaleFactors(geometry).ToArray());
        Assert.Equal(Math.Tau * 400, f.Wavelengths[1], 1e-9);
        Assert.Throws<ArgumentException>(() => f.RescaleFactors(new RopeGeometry(8, 10000, 16)));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<UserInputException>(() => new RopeFrequencies([]));
        Assert.Throws<UserInputException>(() => new RopeFrequencies([1, double.NaN]));
        Assert.Throws<UserInputException>(() => new RopeFrequencies([1, -1]));
        Assert.Throws<UserInputException>(() => new RopeFrequencies([1], 0));
        Assert.Throws<UserInputException>(() => new RopeFrequencies([1], 1, -1));
        Assert.Throws<UserInputException>(() => new RopeFrequencies([1], 1, 4));
        Assert.Throws<UserInputException>(() => new RopeFrequencies([1], 1, 4, [1, 1]));
    }
}
