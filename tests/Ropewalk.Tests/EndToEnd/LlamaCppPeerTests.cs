using System.Text.Json;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>The same file, cut and scored as llama-perplexity does it: its own figure, and a float64 pass in between.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class LlamaCppPeerTests
{
    [SharedFact]
    public void Perplexity_is_that_of_llama_cpp()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llamacpp_perplexity.json")));
        using var model = ModelLoader.Load(Command.Model);
        var tokenizer = Tokenizer.Load(Command.Model);
        var tokens = tokenizer.Encode(TextFile.Read(Command.Stories));
        Assert.Equal(29_682, tokens.Length);
        var evaluator = new Evaluator(model);
        var cases = golden.RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.Equal(5, cases.Count);
        foreach (var test in cases)
        {
            var n = test.GetProperty("context").GetInt32();
            var chunks = Enumerable.Range(0, test.GetProperty("chunks").GetInt32()).Select(c =>
            {
                var chunk = tokens[(c * n)..((c + 1) * n)];
                chunk[0] = tokenizer.BosToken!.Value;
                return chunk;
            }).ToList();
            var scaling = Scaling(test, model.Rope.Geometry);
            var losses = evaluator.Losses(chunks, scaling.At(n));
            var perplexity = Math.Exp(losses.SelectMany(l => l[(n / 2)..]).Average(l => (double)l));
            var name = $"{test.GetProperty("scaling").GetString()} at {n}: found {perplexity}";
            var forward = test.GetProperty("float64_forward").GetDouble();
            var peer = test.GetProperty("perplexity").GetDouble();
            Assert.True(Math.Abs((perplexity / forward) - 1) <= 1e-3, $"{name}, the float64 pass {forward}");
            Assert.True(Math.Abs((perplexity / peer) - 1) <= 2e-3, $"{name}, llama.cpp {peer}");
        }
    }

    private static RopeScaling Scaling(JsonElement test, RopeGeometry geometry) =>
        test.TryGetProperty("long_factors", out var factors)
            ? new LongRopeScaling(geometry, [new LongRopeEntry(1024, [.. factors.EnumerateArray().Select(f => f.GetDouble())], test.GetProperty("attention_factor").GetDouble(), 0)])
            : RopeScalingRegistry.Parse(test.GetProperty("scaling").GetString()!, geometry, _ => throw new InvalidOperationException("no file"));
}
