using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class ParallelWindowsGoldenTests
{
    [SharedFact]
    public void Order_and_positions_are_those_of_the_authors_cache()
    {
        var golden = GoldenNumbers.Read("pcw_positions.json");
        var plan = new ParallelWindowsPlan(16, [.. GoldenNumbers.List(golden.GetProperty("windows")).Select(w => (int)w)]);
        var numbers = new GoldenNumbers();
        var order = plan.Segments
            .SelectMany(s => Enumerable.Range(s.FirstToken, (int)s.Range.Count).Select(token => (Window: s.Window, Token: token)))
            .ToArray();
        numbers.Close("order", GoldenNumbers.List(golden.GetProperty("cache_order")), [.. order.Select(o => (o.Window * 100d) + o.Token)], 0);
        numbers.Close("C", 0, golden.GetProperty("max_window_size").GetDouble(), plan.TaskPosition, 0);
        numbers.Close("sum", 0, golden.GetProperty("sum_windows_size").GetDouble(), plan.TaskIndex, 0);
        numbers.True(plan.Segments[0].Window == golden.GetProperty("longest_window").GetInt32(), "another window is first");

        var positions = plan.Causal().Bands[0].KeyPositions;
        for (var index = 0; index < order.Length; index++)
        {
            var (window, token) = order[index];
            var expected = golden.GetProperty("window_position_ids_left_indentation")[window][token].GetDouble();
            numbers.Close("position", index, expected, positions.At(index), 0);
        }

        double[] task =
        [
            .. GoldenNumbers.List(golden.GetProperty("task_position_ids_first_step")),
            .. golden.GetProperty("position_ids_next_steps").EnumerateArray().Select(step => step[0].GetDouble()),
        ];
        var found = new double[task.Length];
        positions.Fill(plan.TaskIndex, found);
        numbers.Close("task", task, found, 0);
        numbers.Finish(order.Length, 14);
    }

    [Theory]
    [InlineData(WindowIndentation.Left, 5, 7, 4)]
    [InlineData(WindowIndentation.Right, 5, 7, 4)]
    [InlineData(WindowIndentation.Right, 3, 3, 1, 2)]
    [InlineData(WindowIndentation.Left, 1, 1)]
    [InlineData(WindowIndentation.Right, 6)]
    public void Each_window_is_as_if_alone_and_the_task_sees_all(WindowIndentation indentation, params int[] lengths)
    {
        var plan = new ParallelWindowsPlan(16, [.. lengths], indentation);
        var layout = plan.Causal();
        var tokens = plan.Segments.SelectMany(s => Enumerable.Range(s.FirstToken, (int)s.Range.Count).Select(token => (s.Window, Token: token))).ToArray();
        var longest = lengths.Max();
        for (var query = 0; query < tokens.Length; query++)
        {
            // Alone: its own window up to itself, the begin-of-text token (index 0 of the sequence, whichever window it came from) included.
            for (var key = 0; key < tokens.Length; key++)
            {
                var seen = key <= query && (key == 0 || tokens[key].Window == tokens[query].Window);
                double? expected = seen ? tokens[query].Token - tokens[key].Token : null;
                Assert.Equal(expected, PlanCells.Distance(layout, query, key));
            }
        }

        for (var task = 0; task < 3; task++)
        {
            for (var key = 0; key < tokens.Length; key++)
            {
                var shift = indentation is WindowIndentation.Right && key > 0 ? longest - lengths[tokens[key].Window] : 0;
                Assert.Equal(longest + task - shift - tokens[key].Token, PlanCells.Distance(layout, tokens.Length + task, key));
            }
        }

        Assert.Equal(tokens.Length + 16 - longest, plan.LongestWindow);
    }
}
