using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Training;

public sealed class LowRankAdapterTests
{
    [Fact]
    public void An_adapter_trains_alone_and_merges_into_what_it_computed()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All["qwen2"], 40);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(80), 80);
        TrainingSequence[] batch = [ModelGradientTests.Sequence(ModelGradientTests.Tokens(80, model.Shape.VocabularySize, 41), rotary)];
        var before = model.Loss(batch);
        model.AddAdapters(new AdapterSettings(4, 8, ["q_proj", "down_proj"]), p => Fill(p, 42));
        Assert.Equal(before, model.Loss(batch));

        var adapters = model.Parameters.Where(p => p.IsTrained).ToList();
        Assert.Equal(2 * 2 * model.Shape.NumLayers, adapters.Count);
        ulong seed = 43;
        adapters.ForEach(p => Fill(p, seed++));
        model.Backward(batch, 1);
        foreach (var parameter in adapters)
        {
            var gradient = ModelGradientTests.Gradient(parameter);
            var values = ModelGradientTests.Values(parameter);
            var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            double At(double step)
            {
                ModelGradientTests.Set(parameter, [.. values.Select((v, i) => (float)(v + (step * gradient[i] / norm / norm)))]);
                return model.Loss(batch);
            }

            var slope = (At(0.05) - At(-0.05)) / 0.1;
            ModelGradientTests.Set(parameter, values);
            Numbers.Close(1, slope, 5e-3, parameter.Name);
        }

        // What is written merged is a model of its own with the same loss.
        using var merged = new TemporaryFolder();
        merged.Write("config.json", File.ReadAllText(folder.PathOf("config.json")));
        SafetensorsWriter.Write(merged.PathOf("model.safetensors"), model.Tensors(StoredType.F32));
        using var written = ModelLoader.Open(merged.Root);
        using var again = TrainableModel.Load(written);
        var expected = model.Loss(batch);
        Assert.True(Math.Abs(expected - before) > 1);
        Numbers.Close(expected, again.Loss(batch), 1e-5 * expected, "loss");
        Assert.Contains("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", model.AdapterTensors().Select(t => t.Name));
    }

    [Fact]
    public void An_unknown_target_is_named()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All["qwen2"], 40);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        var e = Assert.Throws<UserInputException>(() => model.AddAdapters(new AdapterSettings(4, 8, ["q_proj", "c_attn"]), _ => { }));
        Assert.Equal("--lora-targets: found \"c_attn\", expected all or some of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj", e.Message);
    }

    private static void Fill(Parameter parameter, ulong seed) => ModelGradientTests.Set(parameter, Numbers.Random((int)parameter.Length, seed, 0.3));
}
