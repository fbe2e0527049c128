using System.Text.Json;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Kernels;

/// <summary>One small golden case that runs under every width of vector; the whole set is in Golden/.</summary>
[Trait("Category", "Kernels")]
public sealed class GoldenLossTests
{
    [SharedFact]
    public void Losses_of_a_small_model_agree_under_every_width_of_vector()
    {
        const int Length = 256;
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "model_nll.json")));
        var test = golden.RootElement.GetProperty("cases").EnumerateArray()
            .First(c => c.GetProperty("model").GetString() == "llama2xs" && c.GetProperty("rescale_factors").ValueKind == JsonValueKind.Null && c.GetProperty("tokens").GetArrayLength() >= Length);
        var tokens = test.GetProperty("tokens").EnumerateArray().Take(Length).Select(t => t.GetInt32()).ToArray();
        using var model = ModelLoader.Load(SharedData.Path("data", "models", "llama2xs"));
        var found = new Evaluator(model).Losses([tokens], new RopeFrequencies(model.Rope.Geometry.InverseFrequencies()))[0];
        Assert.Equal(Length - 1, found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            Numbers.Close(test.GetProperty("nll")[i].GetDouble(), found[i], 5e-4, $"token {i + 1}");
        }
    }
}
