using System.Collections.Immutable;
using System.Text.Json;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Golden;

/// <summary>Each token's loss of two real models under six scalings, against a float64 pass that is not ours.</summary>
public sealed class ModelLossTests
{
    [SharedFact]
    public void Losses_agree_with_the_float64_pass()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "model_nll.json")));
        var numCases = 0;
        foreach (var group in golden.RootElement.GetProperty("cases").EnumerateArray().GroupBy(c => c.GetProperty("model").GetString()!))
        {
            using var model = ModelLoader.Load(SharedData.Path("data", "models", group.Key));
            var geometry = model.Rope.Geometry;
            foreach (var test in group)
            {
                var tokens = test.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()).ToArray();
                var expected = test.GetProperty("nll").EnumerateArray().Select(t => t.GetDouble()).ToArray();
                var factors = test.GetProperty("rescale_factors");
                var original = geometry.InverseFrequencies();
                var scaled = factors.ValueKind == JsonValueKind.Null
                    ? original
                    : factors.EnumerateArray().Select((f, i) => original[i] / f.GetDouble()).ToImmutableArray();
                var frequencies = new RopeFrequencies(
                    scaled, test.GetProperty("attention_factor").GetDouble(), test.GetProperty("start_tokens").GetInt32(), original);
                var actual = new Evaluator(model).Losses([tokens], frequencies)[0];
                var name = $"{group.Key} {test.GetProperty("scaling").GetString()} {tokens.Length}";
                Assert.Equal(expected.Length, actual.Length);
                for (var i = 0; i < expected.Length; i++)
                {
                    Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-3, $"{name}: token {i + 1}: expected {expected[i]}, found {actual[i]}");
                }

                var mean = actual.Average(l => (double)l);
                Assert.True(Math.Abs(mean - test.GetProperty("mean_nll").GetDouble()) <= 1e-4, $"{name}: mean expected {test.GetProperty("mean_nll").GetDouble()}, found {mean}");
                numCases++;
            }
        }

        Assert.Equal(12, numCases);
    }
}
