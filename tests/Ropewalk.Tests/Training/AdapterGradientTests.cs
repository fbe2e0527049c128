using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Training;

/// <summary>Adapters on a phi3, whose tensors hold several products, against PyTorch's (Golden/make_adapter_gradients.py says how its numbers were made).</summary>
public sealed class AdapterGradientTests
{
    private static readonly JsonNode s_golden = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "adapter_gradients.json")))!;

    [Fact]
    public void Losses_and_gradients_are_PyTorchs()
    {
        const int V = 40, T = 50;
        using var folder = new TemporaryFolder();
        folder.Write("config.json", new JsonObject
        {
            ["model_type"] = "phi3",
            ["hidden_size"] = 24,
            ["intermediate_size"] = 20,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["vocab_size"] = V,
            ["max_position_embeddings"] = 64,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 1000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = false,
        }.ToJsonString());
        var shapes = s_golden["weights"]!.AsObject().Select(w => (Name: w.Key, Shape: Longs(w.Value!)));
        SafetensorsWriter.Write(folder.PathOf("model.safetensors"), [.. shapes.Select((w, n) => TensorSource.FromSingles(w.Name, StoredType.F32, w.Shape, TorchGradientTests.Weight(n, w.Shape)))]);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        model.AddAdapters(new AdapterSettings((int)s_golden["rank"]!, (double)s_golden["alpha"]!, [.. s_golden["targets"]!.AsArray().Select(t => (string)t!)]), _ => { });

        // The tensors that are written are PEFT's, name by name.
        var expected = s_golden["adapters"]!.AsObject().Select(a => (Name: a.Key, Golden: a.Value!)).ToList();
        Assert.Equal(expected.Select(a => (a.Name, string.Join(',', Longs(a.Golden["shape"]!)))).Order(), model.AdapterTensors().Select(t => (t.Name, string.Join(',', t.Shape))).Order());

        // Products that share a tensor have their rows of B one after the other.
        List<Parameter> PartsOf(string name) => [.. model.Parameters.Where(p => $"base_model.model.{p.Name.Split('#')[0]}" == name)];
        foreach (var (name, number) in expected.Select((a, i) => (a.Name, 100 + i)))
        {
            var values = TorchGradientTests.Weight(number, Longs(expected[number - 100].Golden["shape"]!)).AsSpan();
            foreach (var part in PartsOf(name))
            {
                ModelGradientTests.Set(part, values[..(int)part.Length].ToArray());
                values = values[(int)part.Length..];
            }

            Assert.Equal(0, values.Length);
        }

        int[] tokens = [.. Enumerable.Range(0, T).Select(t => ((7 * t * t) + (3 * t) + 5) % V)];
        using var rotary = new RotaryTable(model.Rope.Scaling.At(T), T);
        TrainingSequence[] batch = [ModelGradientTests.Sequence(tokens, rotary)];
        var loss = (double)s_golden["loss"]!;
        Numbers.Close(loss, model.Backward(batch, 1), 1e-4, "loss");
        foreach (var (name, golden) in expected)
        {
            float[] found = [.. PartsOf(name).SelectMany(ModelGradientTests.Gradient)];
            var norm = (double)golden["norm"]!;
            Numbers.Close(norm, Math.Sqrt(found.Sum(g => (double)g * g)), 1e-5 * norm, $"{name}: length");
            for (var which = 0; which < 2; which++)
            {
                Numbers.Close((double)golden["probes"]![which]!, found.Select((g, i) => g * Math.Cos((0.61 * (which + 1) * i) + which)).Sum(), 1e-5 * norm, $"{name}: probe {which}");
            }
        }

        // What is written merged is a model without adapters of the same loss.
        using var merged = new TemporaryFolder();
        merged.Write("config.json", File.ReadAllText(folder.PathOf("config.json")));
        SafetensorsWriter.Write(merged.PathOf("model.safetensors"), model.Tensors(StoredType.F32));
        using var written = ModelLoader.Open(merged.Root);
        using var again = TrainableModel.Load(written);
        Numbers.Close(loss, again.Loss(batch), 1e-4, "merged");
    }

    private static long[] Longs(JsonNode shape) => [.. shape.AsArray().Select(n => (long)n!)];
}
