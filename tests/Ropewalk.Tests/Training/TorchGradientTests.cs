using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Training;

/// <summary>Gradients and optimiser against PyTorch's (Golden/make_training_gradients.py says how its numbers were made).</summary>
public sealed class TorchGradientTests
{
    private const int Layers = 2, D = 24, H = 4, G = 2, K = 6, F = 20, V = 40, T = 50;

    private static readonly JsonNode s_golden = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "training_gradients.json")))!;

    [Fact]
    public void A_whole_models_gradient_is_PyTorchs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", new JsonObject
        {
            ["model_type"] = "llama",
            ["hidden_size"] = D,
            ["intermediate_size"] = F,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = H,
            ["num_key_value_heads"] = G,
            ["head_dim"] = K,
            ["vocab_size"] = V,
            ["max_position_embeddings"] = 64,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 1000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = false,
        }.ToJsonString());
        var tensors = s_golden["tensors"]!.AsObject();
        var shapes = tensors.Select(t => t.Key).ToDictionary(name => name, Shape);
        SafetensorsWriter.Write(folder.PathOf("model.safetensors"), [.. shapes.Select((s, n) => TensorSource.FromSingles(s.Key, StoredType.F32, s.Value, Weight(n, s.Value)))]);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        ModelGradientTests.TrainAll(model);
        int[] tokens = [.. Enumerable.Range(0, T).Select(t => ((7 * t * t) + (3 * t) + 5) % V)];
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies(), 1.15);
        using var rotary = new RotaryTable(frequencies, T);
        var gradient = new RotaryGradient(frequencies.Pairs);
        var loss = model.Backward([ModelGradientTests.Sequence(tokens, rotary)], 1, gradient);
        Numbers.Close((double)s_golden["loss"]!, loss, 1e-4, "loss");
        for (var i = 0; i < frequencies.Pairs; i++)
        {
            Numbers.Close((double)s_golden["frequencies"]![i]!, gradient.InverseFrequencies[i], 2e-3, $"frequency {i}");
        }

        Numbers.Close((double)s_golden["factor"]!, gradient.AttentionFactor, 1e-4, "attention factor");
        Assert.Equal(tensors.Count, model.Parameters.Count());
        foreach (var parameter in model.Parameters)
        {
            var expected = tensors[parameter.Name]!;
            var found = ModelGradientTests.Gradient(parameter);
            var norm = (double)expected["norm"]!;
            Numbers.Close(norm, Math.Sqrt(found.Sum(g => (double)g * g)), 1e-5 * norm, $"{parameter.Name}: length");
            for (var which = 0; which < 2; which++)
            {
                var probe = found.Select((g, i) => g * Math.Cos((0.61 * (which + 1) * i) + which)).Sum();
                Numbers.Close((double)expected["probes"]![which]!, probe, 1e-5 * norm, $"{parameter.Name}: probe {which}");
            }

            var every = (int)expected["every"]!;
            foreach (var (value, i) in expected["values"]!.AsArray().Select((v, i) => ((double)v!, i)))
            {
                Numbers.Close(value, found[i * every], 1e-5 * norm, $"{parameter.Name}: number {i * every}");
            }
        }
    }

    [Theory]
    [InlineData(false, 1e-6)]
    [InlineData(true, 3e-3)]
    public void AdamW_takes_PyTorchs_steps(bool shortMoments, double tolerance)
    {
        using var parameter = new Parameter("moved", 3, 4, ParameterKind.Matrix) { IsTrained = true };
        ModelGradientTests.Set(parameter, Weight(50, [3, 4]));
        using var optimizer = new AdamW([parameter], new AdamWSettings { ShortMoments = shortMoments });
        for (var step = 0; step < 6; step++)
        {
            parameter.AddGradient([.. Enumerable.Range(0, 12).Select(i => Math.Sin((1.7 * i) + step))]);
            var norm = optimizer.GradientNorm();
            Numbers.Close((double)s_golden["adamw"]!["norms"]![step]!, norm, 1e-6, $"norm of step {step}");
            optimizer.Step(0.01 * (step + 1), Math.Min(1, 0.5 / norm));
        }

        Numbers.Close([.. s_golden["adamw"]!["values"]!.AsArray().Select(v => (float)v!)], ModelGradientTests.Values(parameter), tolerance, "weights");
    }

    private static long[] Shape(string name) => name switch
    {
        "model.embed_tokens.weight" or "lm_head.weight" => [V, D],
        _ when name.Contains("norm", StringComparison.Ordinal) => [D],
        _ when name.Contains("q_proj", StringComparison.Ordinal) => [H * K, D],
        _ when name.Contains("k_proj", StringComparison.Ordinal) || name.Contains("v_proj", StringComparison.Ordinal) => [G * K, D],
        _ when name.Contains("o_proj", StringComparison.Ordinal) => [D, H * K],
        _ when name.Contains("down_proj", StringComparison.Ordinal) => [D, F],
        _ => [F, D],
    };

    internal static float[] Weight(int number, long[] shape)
    {
        var count = (int)shape.Aggregate((a, b) => a * b);
        return [.. Enumerable.Range(0, count).Select(i => Math.Sin((0.37 * (number + 1) * (i + 1)) + number)).Select(v => (float)(shape.Length == 1 ? 1 + (0.2 * v) : v * 1.5 / Math.Sqrt(shape[^1])))];
    }
}
