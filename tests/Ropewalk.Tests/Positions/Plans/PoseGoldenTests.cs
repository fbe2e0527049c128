using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class PoseGoldenTests
{
    [SharedFact]
    public void The_recorded_draws_give_the_recorded_samples()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("pose_positions.json").GetProperty("cases").EnumerateArray())
        {
            var draws = new Queue<int[]>(c.GetProperty("randint_draws_low_high_value").EnumerateArray().Select(d => d.EnumerateArray().Select(e => e.GetInt32()).ToArray()));
            var documents = c.GetProperty("document_tokens").EnumerateArray().Select(d => d.GetInt32()).ToArray();
            for (var i = 0; i < documents.Length; i++)
            {
                var sample = PoseSample.Draw(
                    documents[i],
                    c.GetProperty("model_max_position_embeddings").GetInt32(),
                    c.GetProperty("scaled_max_position_embeddings").GetInt32(),
                    (low, high) =>
                    {
                        var draw = draws.Dequeue();
                        Assert.Equal((draw[0], draw[1]), (low, high));
                        return draw[2];
                    });
                var indices = Enumerable.Range(0, sample.Length).ToArray();
                numbers.Close($"tokens {cases}", GoldenNumbers.List(c.GetProperty("input_ids")[i]), [.. indices.Select(t => (double)sample.TokenAt(t))], 0);
                numbers.Close($"positions {cases}", GoldenNumbers.List(c.GetProperty("position_ids")[i]), [.. indices.Select(t => (double)sample.PositionAt(t))], 0);
                cases++;
            }

            Assert.Empty(draws);
        }

        numbers.Finish(cases, 12);
    }

    [Fact]
    public void Limits_are_checked()
    {
        static int Highest(int low, int high) => high;
        var longest = PoseSample.Draw(int.MaxValue, 1 << 20, 1 << 21, Highest);
        Assert.Equal((1 << 21) - 1, longest.PositionAt(longest.Length - 1));
        Assert.Equal(int.MaxValue - 1, longest.TokenAt(longest.Length - 1));
        var one = PoseSample.Draw(1, 16, 64, Highest);
        Assert.Equal(1, one.Length);
        Assert.Equal(0, one.PositionAt(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.TokenAt(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.PositionAt(-1));
        Assert.Equal("document tokens: found 0, expected a whole number of at least 1", Error(() => PoseSample.Draw(0, 16, 64, Highest)));
        Assert.Equal("original context: found 0, expected a whole number of at least 1", Error(() => PoseSample.Draw(1, 0, 64, Highest)));
        Assert.Equal("target context: found 8, expected a whole number of at least 16", Error(() => PoseSample.Draw(1, 16, 8, Highest)));
        Assert.Throws<ArgumentException>(() => PoseSample.Draw(40, 16, 64, (_, high) => high + 1));

        static string Error(Action action) => Assert.Throws<UserInputException>(action).Message;
    }
}
