using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class SelfExtendGoldenTests
{
    [SharedFact]
    public void Distances_are_those_of_the_three_implementations()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("selfextend_positions.json").GetProperty("cases").EnumerateArray())
        {
            var implementation = c.GetProperty("impl").GetString()!;
            var rounding = implementation switch
            {
                "llama_4.38_eager" => SelfExtendRounding.Fractional,
                "llama_4.40_eager" or "llama_legacy" => SelfExtendRounding.Floor,
                _ => throw new InvalidOperationException(implementation),
            };
            var plan = new SelfExtendPlan(16, c.GetProperty("group_size").GetInt32(), c.GetProperty("neighbor_window").GetInt32(), rounding);

            // Recorded through an arc cosine of float32 scores.
            PlanCells.CompareMatrix(numbers, $"{implementation} {plan.Spec}", plan.Causal(), c.GetProperty("relative_positions"), 5e-6);
            cases++;
        }

        numbers.Finish(cases, 30);
    }

    [SharedFact]
    public void One_decoded_query_is_the_row_of_the_whole()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("selfextend_positions.json").GetProperty("decode_rows").EnumerateArray())
        {
            var plan = new SelfExtendPlan(16, c.GetProperty("group_size").GetInt32(), c.GetProperty("neighbor_window").GetInt32());
            var query = c.GetProperty("query").GetInt32();
            PlanCells.CompareRow(numbers, $"{plan.Spec} query {query}", plan.Causal(), query, c.GetProperty("relative_positions"), 0);
            cases++;
        }

        numbers.Finish(cases, 4);
    }

    [SharedFact]
    public void Encoders_see_both_ways_as_in_LongEmbed()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("longembed_selfextend_rows.json").GetProperty("cases").EnumerateArray())
        {
            var tokens = c.GetProperty("tokens").GetInt32();
            var plan = new SelfExtendPlan(512, c.GetProperty("group_size").GetInt32(), c.GetProperty("neighbor_window").GetInt32());
            var layout = plan.Bidirectional(tokens);
            foreach (var row in c.GetProperty("rows_abs_relative_position").EnumerateObject())
            {
                var query = int.Parse(row.Name, System.Globalization.CultureInfo.InvariantCulture);
                var found = PlanCells.Row(layout, query, tokens);
                var expected = GoldenNumbers.List(row.Value);
                numbers.Close($"{plan.Spec} query {query}", expected, [.. found.Select(d => Math.Abs(d!.Value))], 0);
                numbers.True(
                    found.Select((d, key) => Math.Sign(d!.Value) == Math.Sign(query - key)).All(same => same),
                    $"{plan.Spec} query {query}: a key before the query is not at a positive distance, or one after it not at a negative");
                cases++;
            }
        }

        numbers.Finish(cases, 21);
    }

    [Fact]
    public void The_papers_example_of_an_encoder()
    {
        // 2404.12096: 10 tokens, w = 4, g = 2, seen from tokens 0 and 4 (their figure writes a key after the query with a plus in the first row).
        var layout = new SelfExtendPlan(8, 2, 4).Bidirectional(10);
        Assert.Equal([0, -1, -2, -3, -4, -4, -5, -5, -6, -6], PlanCells.Row(layout, 0, 10));
        Assert.Equal([4, 3, 2, 1, 0, -1, -2, -3, -4, -4], PlanCells.Row(layout, 4, 10));
    }

    [Fact]
    public void A_short_text_of_an_encoder_stays_ordinary()
    {
        var plan = new SelfExtendPlan(8, 2, 4);
        Assert.Equal([7, 6, 5, 4, 3, 2, 1, 0], PlanCells.Row(plan.Bidirectional(8), 7, 8));
        Assert.Equal([6, 6, 5, 5, 4, 3, 2, 1, 0], PlanCells.Row(plan.Bidirectional(9), 8, 9));
    }
}
