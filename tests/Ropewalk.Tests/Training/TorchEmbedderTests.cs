using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Training;

/// <summary>Contrastive gradients of whole encoders against PyTorch's (Golden/make_embedder_gradients.py says how its numbers were made).</summary>
public sealed class TorchEmbedderTests
{
    private const int D = 24, H = 4, F = 20, V = 40, Layers = 2;

    private static readonly int[] s_queries = [5, 9, 3], s_documents = [20, 13, 31, 17, 20], s_positives = [2, 0, 3];

    private static readonly (int First, int CutAt, int Skip)[] s_places = [(0, 0, 0), (3, 0, 0), (0, 1, 2), (7, 5, 4), (0, 6, 40), (2, 0, 0), (0, 0, 0), (7, 5, 4)];

    private static readonly JsonArray s_cases =
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "embedder_gradients.json")))!["cases"]!.AsArray();

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0, 3)]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(2, 1)]
    [InlineData(3, 100)]
    public void A_whole_encoders_contrastive_gradient_is_PyTorchs(int which, int chunk)
    {
        var golden = s_cases[which]!;
        using var folder = new TemporaryFolder();
        folder.Write("config.json", Config((string)golden["kind"]!));
        SafetensorsWriter.Write(folder.PathOf("model.safetensors"), [.. golden["shapes"]!.AsObject().Select((s, n) => Source(s.Key, n, [.. s.Value!.AsArray().Select(x => (long)x!)]))]);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        ModelGradientTests.TrainAll(model);
        var embedder = new TrainableEmbedder(model, Enum.Parse<Pooling>(((string)golden["pooling"]!).Replace("_", "", StringComparison.Ordinal), ignoreCase: true), normalizes: true);
        var (loss, hits) = Batch().Backward(embedder, new InfoNce(0.1, (bool)golden["symmetric"]!), chunk);
        Numbers.Close((double)golden["loss"]!, loss, 2e-6, "loss");
        Assert.InRange(hits, 0, 3);
        var gradients = golden["gradients"]!.AsObject();
        Assert.Equal(gradients.Select(g => g.Key).Order(StringComparer.Ordinal), model.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (var parameter in model.Parameters)
        {
            var expected = gradients[parameter.Name]!;
            var found = ModelGradientTests.Gradient(parameter);
            var norm = (double)expected["norm"]!;

            // A key's bias changes no softmax, so its gradient is nothing but rounding.
            var tolerance = (2e-5 * norm) + 1e-6;
            Numbers.Close(norm, Math.Sqrt(found.Sum(g => (double)g * g)), tolerance, $"{parameter.Name}: length");
            for (var i = 0; i < 2; i++)
            {
                var probe = found.Select((g, k) => g * Math.Cos((0.61 * (i + 1) * k) + i)).Sum();
                Numbers.Close((double)expected["probes"]![i]!, probe, tolerance, $"{parameter.Name}: probe {i}");
            }

            var every = (int)expected["every"]!;
            foreach (var (value, i) in expected["values"]!.AsArray().Select((v, i) => ((double)v!, i)))
            {
                Numbers.Close(value, found[i * every], tolerance, $"{parameter.Name}: number {i * every}");
            }
        }
    }

    /// <summary>Document 4 is a copy of document 0, and so no negative of query 1, whose own that is.</summary>
    private static ContrastiveBatch Batch()
    {
        TrainedText Text(int number, int length)
        {
            var source = number == s_queries.Length + 4 ? s_queries.Length : number;
            var (first, cut, skip) = s_places[number];
            return new TrainedText([.. Enumerable.Range(0, length).Select(t => ((7 * t * t) + (3 * t) + 5 + (11 * source)) % V)], first, cut, skip);
        }

        return new ContrastiveBatch([.. s_queries.Select((n, i) => Text(i, n))], [.. s_documents.Select((n, i) => Text(s_queries.Length + i, n))], s_positives);
    }

    private static TensorSource Source(string name, int number, long[] shape)
    {
        var count = (int)shape.Aggregate((a, b) => a * b);
        var waves = Enumerable.Range(0, count).Select(i => Math.Sin((0.37 * (number + 1) * (i + 1)) + number));
        float[] values = [.. waves.Select(v => (float)(shape.Length == 1 ? 1 + (0.2 * v) : v * 1.5 / Math.Sqrt(shape[1])))];
        return TensorSource.FromSingles(name, StoredType.F32, shape, values);
    }

    private static string Config(string kind) => kind == "bert"
        ? $$"""
          {"model_type":"bert","hidden_size":{{D}},"intermediate_size":{{F}},"num_hidden_layers":{{Layers}},"num_attention_heads":{{H}},"vocab_size":{{V}},
           "max_position_embeddings":64,"type_vocab_size":2,"layer_norm_eps":1e-6,"hidden_act":"gelu"}
          """
        : $$"""
          {"model_type":"nomic_bert","n_embd":{{D}},"n_inner":{{F}},"n_layer":{{Layers}},"n_head":{{H}},"vocab_size":{{V}},"n_positions":64,"type_vocab_size":2,
           "layer_norm_epsilon":1e-6,"rotary_emb_base":1000,"activation_function":"swiglu","qkv_proj_bias":false}
          """;
}
