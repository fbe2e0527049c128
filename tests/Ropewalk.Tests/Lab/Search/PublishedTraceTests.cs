using System.Text.Json;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

/// <summary>Replays recorded runs of the published search (microsoft/LongRoPE, DimMonoGeneticAlgorithm) through our operators, draw by draw.</summary>
public sealed class PublishedTraceTests
{
    // The published code's last pair goes up to 1 + s and one step more; s is 4 in every trace.
    private static readonly SearchSettings s_settings = new() { LargestHundredths = 501 };

    [SharedTheory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_mutation_replays(int index)
    {
        using var traces = Traces();
        var trace = traces.RootElement.GetProperty("traces")[index];
        Assert.Equal("mutate", trace.GetProperty("kind").GetString());
        var draws = new RecordedDraws(trace.GetProperty("draws"));
        var parent = Of(trace.GetProperty("parent"));
        Same(trace.GetProperty("child"), Operators.Mutate(parent, new HashSet<Candidate> { parent }, s_settings, draws), $"trace {index}");
        Assert.Equal(draws.Count, draws.Position);
    }

    [SharedTheory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    public void A_crossover_replays(int index)
    {
        // These traces were recorded with five tries, as the whole runs were.
        const int Tries = 5;
        using var traces = Traces();
        var trace = traces.RootElement.GetProperty("traces")[index];
        Assert.Equal("crossover", trace.GetProperty("kind").GetString());
        var draws = new RecordedDraws(trace.GetProperty("draws"));
        var first = Of(trace.GetProperty("parent1"));
        var second = Of(trace.GetProperty("parent2"));
        var child = Operators.Cross(first, second, new HashSet<Candidate> { first, second }, s_settings, draws, Tries);
        if (trace.GetProperty("child").ValueKind == JsonValueKind.Null)
        {
            Assert.Null(child);
        }
        else
        {
            Same(trace.GetProperty("child"), Assert.IsType<Candidate>(child), $"trace {index}");
        }

        Assert.Equal(draws.Count, draws.Position);
    }

    [SharedTheory]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    public void A_whole_run_replays(int index, int expectedTies)
    {
        using var traces = Traces();
        var trace = traces.RootElement.GetProperty("traces")[index];
        Assert.Equal("DimMonoGeneticAlgorithm", trace.GetProperty("algorithm").GetString());
        var hyper = trace.GetProperty("hyper_params");
        int Number(string name) => hyper.GetProperty(name).GetInt32();
        var evaluations = trace.GetProperty("evaluations");
        var draws = new RecordedDraws(trace.GetProperty("draws"));
        var seen = new HashSet<Candidate>();
        var population = new List<(Candidate Candidate, double Loss)>();
        var numTaken = 0;
        var ties = 0;

        var seed = Of(trace.GetProperty("init_factors"));
        Take(seed);
        while (numTaken < Number("population_size"))
        {
            Take(Mutant(seed));
        }

        for (var iteration = 0; iteration < Number("max_time_budget"); iteration++)
        {
            population = [.. population.OrderBy(p => p.Loss).Take(Number("parents_size"))];
            var parents = population.ToList();
            for (var i = 0; i < Number("mutation_numbers"); i++)
            {
                Take(Mutant(parents[draws.NextInt(parents.Count)].Candidate));
            }

            for (var i = 0; i < Number("crossover_size"); i++)
            {
                var (a, b) = draws.NextPair(parents.Count);
                var better = parents[Math.Min(a, b)].Candidate;
                Take(Operators.Cross(better, parents[Math.Max(a, b)].Candidate, seen, s_settings, draws, Number("max_crossover_try")) ?? Mutant(better));
            }
        }

        Assert.Equal(evaluations.GetArrayLength(), numTaken);
        Assert.Equal(draws.Count, draws.Position);
        Assert.Equal(expectedTies, ties);
        Same(trace.GetProperty("best_factors"), population.MinBy(p => p.Loss).Candidate, $"trace {index} best");

        void Take(Candidate child)
        {
            var evaluation = evaluations[numTaken];
            Same(evaluation[0], child, $"trace {index} individual {numTaken}");
            Assert.True(seen.Add(child), $"trace {index} individual {numTaken} was there before");
            population.Add((child, evaluation[1].GetDouble()));
            numTaken++;
        }

        // Where a drawn factor equals its neighbour on the grid, the published code's sum of floats may lie an ulp above it
        // (1.2000000000000002 after 1.2): to its test that vector decreases, and it goes on to another pass. Ours, in whole hundredths, is
        // done. Such a vector, always one with a tie, is refused by name and the same draws run again; their number is pinned above.
        Candidate Mutant(Candidate parent)
        {
            var start = draws.Position;
            var refused = new HashSet<Candidate>(seen);
            while (true)
            {
                draws.Position = start;
                var child = Operators.Mutate(parent, refused, s_settings, draws);
                if (numTaken < evaluations.GetArrayLength() && child.Equals(Of(evaluations[numTaken][0])))
                {
                    return child;
                }

                Assert.True(
                    child.Hundredths.Zip(child.Hundredths.Skip(1), (a, b) => a == b).Any(tie => tie),
                    $"trace {index} individual {numTaken}: expected {evaluations[numTaken][0]}, found {string.Join(' ', child.Hundredths)}");
                Assert.True(refused.Add(child) && ++ties <= expectedTies, $"trace {index} individual {numTaken}: found more ties than {expectedTies}");
            }
        }
    }

    private static JsonDocument Traces() => JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "longrope_evolution_traces.json")));

    private static Candidate Of(JsonElement factors) => new([.. factors.EnumerateArray().Select(f => (int)Math.Round(f.GetDouble() * Candidate.GridPerUnit))], 0);

    private static void Same(JsonElement expected, Candidate found, string where)
    {
        var factors = found.RescaleFactors;
        Assert.Equal(expected.GetArrayLength(), factors.Length);
        for (var i = 0; i < factors.Length; i++)
        {
            Assert.True(Math.Abs(expected[i].GetDouble() - factors[i]) <= 1e-9, $"{where}: pair {i}: expected {expected[i].GetDouble()}, found {factors[i]}");
        }
    }
}
