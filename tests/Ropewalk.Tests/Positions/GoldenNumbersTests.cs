namespace Ropewalk.Tests.Positions;

public class GoldenNumbersTests
{
    [Theory]
    [InlineData(1.0, 1.00001)]
    [InlineData(1.0, double.NaN)]
    [InlineData(0.0, 1e-9)]
    public void A_difference_beyond_the_tolerance_fails_and_says_where(double expected, double found)
    {
        var numbers = new GoldenNumbers();
        numbers.Close("some case", 7, expected, found, 1e-6);
        var error = Assert.ThrowsAny<Exception>(() => numbers.Finish(1, 1));
        Assert.Contains("some case[7]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_different_length_and_missing_cases_fail()
    {
        var numbers = new GoldenNumbers();
        numbers.Close("short", [1, 2], [1], 1);
        Assert.ThrowsAny<Exception>(() => numbers.Finish(1, 1));
        Assert.ThrowsAny<Exception>(() => new GoldenNumbers().Finish(0, 1));
    }
}
