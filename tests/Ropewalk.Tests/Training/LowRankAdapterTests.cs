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
    // Modules and their widths, out and in, as Transformers has them: phi3 and gpt_neox have several products in one.
    [Theory]
    [InlineData("qwen2", new[] { "self_attn.q_proj", "mlp.down_proj" }, new[] { 120, 120, 120, 152 })]
    [InlineData("phi3", new[] { "self_attn.qkv_proj", "mlp.gate_up_proj" }, new[] { 240, 144, 272, 144 })]
    [InlineData("phi3", new[] { "mlp.gate_up_proj" }, new[] { 272, 144 })]
    [InlineData("gpt_neox", new[] { "attention.query_key_value", "mlp.dense_h_to_4h" }, new[] { 360, 120, 264, 120 })]
    public void An_adapter_trains_alone_and_merges_into_what_it_computed(string config, string[] modules, int[] widths)
    {
        const int Rank = 4;
        const double Alpha = 8;
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All[config], 40);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(80), 80);
        TrainingSequence[] batch = [ModelGradientTests.Sequence(ModelGradientTests.Tokens(80, model.Shape.VocabularySize, 41), rotary)];
        var before = model.Loss(batch);
        model.AddAdapters(new AdapterSettings(Rank, Alpha, [.. modules.Select(m => m.Split('.')[1])]), p => Fill(p, 42));
        Assert.Equal(before, model.Loss(batch));

        var adapters = model.Parameters.Where(p => p.IsTrained).ToList();
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

        // One pair for each tensor of the checkpoint, in PEFT's names and shapes: A [r, in], B [out, r], and what is written is W + alpha / r B A.
        SafetensorsWriter.Write(folder.PathOf("adapter.safetensors"), model.AdapterTensors());
        using var pairs = SafetensorsFile.Open(folder.PathOf("adapter.safetensors"));
        var root = config == "gpt_neox" ? "gpt_neox" : "model";
        Assert.Equal(2 * modules.Length * model.Shape.NumLayers, pairs.Tensors.Count);
        foreach (var (module, which) in modules.Select((m, i) => (m, i)))
        {
            for (var layer = 0; layer < model.Shape.NumLayers; layer++)
            {
                var (numOut, numIn) = (widths[2 * which], widths[(2 * which) + 1]);
                var name = $"{root}.layers.{layer}.{module}";
                var a = Tensor(pairs, $"base_model.model.{name}.lora_A.weight", [Rank, numIn]);
                var b = Tensor(pairs, $"base_model.model.{name}.lora_B.weight", [numOut, Rank]);
                using var original = SafetensorsFile.Open(folder.PathOf("model.safetensors"));
                using var changed = SafetensorsFile.Open(merged.PathOf("model.safetensors"));
                var (w, found) = (Tensor(original, $"{name}.weight", [numOut, numIn]), Tensor(changed, $"{name}.weight", [numOut, numIn]));
                for (var i = 0; i < w.Length; i++)
                {
                    var product = Enumerable.Range(0, Rank).Sum(r => b[(i / numIn * Rank) + r] * (double)a[(r * numIn) + (i % numIn)]);
                    Assert.Equal((float)(w[i] + (Alpha / Rank * product)), found[i]);
                }
            }
        }
    }

    [Theory]
    [InlineData("qwen2", "q_proj,k_proj,v_proj,o_proj")]
    [InlineData("phi3", "qkv_proj,o_proj")]
    [InlineData("gpt_neox", "query_key_value,dense")]
    public void Attentions_products_have_one_name(string config, string modules)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All[config], 40);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        model.AddAdapters(new AdapterSettings(2, 4, ["attention"]), p => Fill(p, 42));
        Assert.Equal(modules.Split(','), model.AdapterTensors().Select(t => t.Name.Split('.')[^3]).Distinct());
    }

    [Fact]
    public void An_unknown_target_is_named()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All["qwen2"], 40);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        var e = Assert.Throws<UserInputException>(() => model.AddAdapters(new AdapterSettings(4, 8, ["q_proj", "c_attn"]), _ => { }));
        Assert.Equal("--lora-targets: found \"c_attn\", expected all, attention or some of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj", e.Message);
    }

    private static float[] Tensor(SafetensorsFile file, string name, long[] shape)
    {
        var tensor = file.Tensors[name];
        Assert.Equal(shape, tensor.Shape);
        var values = new float[tensor.Elements];
        file.ReadAsSingle(tensor, 0, values);
        return values;
    }

    private static void Fill(Parameter parameter, ulong seed) => ModelGradientTests.Set(parameter, Numbers.Random((int)parameter.Length, seed, 0.3));
}
