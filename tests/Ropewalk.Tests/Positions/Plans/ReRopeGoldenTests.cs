using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class ReRopeGoldenTests
{
    [SharedFact]
    public void Distances_are_those_of_the_authors_patches()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("rerope_positions.json").GetProperty("cases").EnumerateArray())
        {
            var window = c.GetProperty("window").GetInt32();
            PositionPlan plan = c.GetProperty("method").GetString() is "ReRoPE"
                ? new ReRopePlan(16, window)
                : new LeakyReRopePlan(16, window, c.GetProperty("scaling_factor").GetDouble());

            // Recorded through an arc cosine, rounded.
            PlanCells.CompareMatrix(numbers, plan.Spec, plan.Causal(), c.GetProperty("matrix"), 1e-5);
            cases++;
        }

        numbers.Finish(cases, 5);
    }

    [SharedFact]
    public void Queries_are_scaled_by_the_logarithm_of_what_they_see()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("rerope_positions.json").GetProperty("logn_query_scale").EnumerateArray())
        {
            var layout = new LogNPlan(new ReRopePlan(2048, 512), c.GetProperty("training_length").GetInt32()).Causal();
            var position = c.GetProperty("position").GetInt64();

            // Recorded in float32.
            numbers.Close($"position {position}", 0, c.GetProperty("scale").GetDouble(), layout.QueryScale(position), 1.2e-7);
            cases++;
        }

        numbers.Finish(cases, 7);
    }
}
