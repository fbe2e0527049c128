using Ropewalk.Lab.Effective;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Tests.Lab.Retrieval;

/// <summary>Against the tables of Newcombe's two papers of 1998 (Statistics in Medicine 17: one share, pages 857-872, method 3; a difference of two, pages 873-890, method 10).</summary>
public sealed class WilsonIntervalTests
{
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void One_share_is_newcombes(int successes, int trials, double low, double high)
    {
        var found = WilsonInterval.Of(successes, trials);
        Assert.Equal(low, found.Low, 1e-4);
        Assert.Equal(high, found.High, 1e-4);
        var mirrored = WilsonInterval.Of(trials - successes, trials);
        Assert.Equal(1 - found.High, mirrored.Low, 1e-12);
    }

    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    public void A_difference_is_newcombes(int a, int m, int b, int n, double low, double high)
    {
        var found = RetrievalStep.Of(512, new RetrievalCount(a, m), new RetrievalCount(b, n), retention: 1);
        Assert.Equal(((double)a / m) - ((double)b / n), found.Spare, 1e-12);
        Assert.Equal(low, found.Low, 1e-4);
        Assert.Equal(high, found.High, 1e-4);
    }
}
