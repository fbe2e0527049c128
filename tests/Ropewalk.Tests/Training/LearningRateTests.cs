using Ropewalk.Engine.Training;
using Ropewalk.Positions;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Training;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData("cosine", 0, 0.25)]
    [InlineData("cosine", 3, 1.0)]
    [InlineData("cosine", 4, 1.0)]
    [InlineData("cosine", 54, 0.55)]
    [InlineData("cosine", 104, 0.1)]
    [InlineData("cosine", 500, 0.1)]
    [InlineData("linear", 54, 0.55)]
    [InlineData("linear", 29, 0.775)]
    [InlineData("constant", 90, 1.0)]
    public void A_schedule_passes_through_its_points(string shape, int step, double expected) =>
        Numbers.Close(2 * expected, new LearningRate(2, 4, 104, LearningRate.ShapeOf(shape), 0.1).At(step), 1e-12, shape);

    [Fact]
    public void An_unknown_schedule_is_named() =>
        Assert.Equal("--schedule: found \"exp\", expected cosine, linear or constant", Assert.Throws<UserInputException>(() => LearningRate.ShapeOf("exp")).Message);
}
