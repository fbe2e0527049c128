using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Data;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Peer;

/// <summary>Every embedder: a small random model that we write as a folder and as GGUF, run by us from both and by llama.cpp from the file.</summary>
public sealed class EmbeddingAgreementTests
{
    private static readonly int[] s_lengths = [300, 1, 17, 128, 49];

    public static TheoryData<string> Encoders() => [.. SmallEncoders.All.Keys.Where(n => n != "xlm-roberta")];

    [PeerTheory]
    [MemberData(nameof(Encoders))]
    public void Vectors_are_those_of_llama_cpp(string name) => Agree(SmallEncoders.All[name]);

    [PeerTheory]
    [InlineData("qwen3")]
    [InlineData("mistral")]
    public void Decoders_give_the_rows_of_llama_cpp(string name) => Agree(SmallConfigs.All[name]);

    /// <summary>A rotary encoder under a scaling, which llama.cpp is told on its command line.</summary>
    [PeerTheory]
    [InlineData("linear:2", "--rope-scaling", "linear", "--rope-freq-scale", "0.5")]
    [InlineData("base:50000", "--rope-freq-base", "50000")]
    public void Scalings_are_those_of_llama_cpp(string spec, params string[] options)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All["nomic_bert"], 700);
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(folder.Root))
        {
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        using var model = TextEncoder.Load(folder.Root);
        var texts = Texts();
        var plain = Run(model, texts, Pooling.Mean);
        var ours = Run(model, texts, Pooling.Mean, EncoderMethodSpec.Parse([spec], model));
        var theirs = LlamaCpp.Embeddings(file, texts, "mean", options);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(Cosine(ours[i], theirs[i]) >= 0.99999, $"{spec}, {texts[i].Length} tokens: cosine {Cosine(ours[i], theirs[i]):R}");
        }

        Assert.True(Cosine(plain[0], theirs[0]) < 0.9999, $"{spec}: without it the cosine is {Cosine(plain[0], theirs[0]):R}");
    }

    /// <summary>A whole folder converted: llama.cpp finds the same tokens and, by the pooling that the file names, the same vectors.</summary>
    [PeerFact]
    public void A_converted_folder_is_the_same_embedder_there()
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        using var output = new TemporaryFolder();
        var file = output.PathOf("model.gguf");
        Ropewalk.Lab.Export.ModelConverter.Convert(folder.Root, file, null);
        string[] texts = ["The cats' café, re-opened in 1999!", "unaffable embeddings", "Größe 東京 naïve"];
        using var embedder = TextEmbedder.Load(file);
        var ids = texts.Select(t => embedder.Tokenizer.Encode(t)).ToArray();
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(LlamaCpp.Tokenize(file, texts[i]), ids[i]);
        }

        var theirs = LlamaCpp.Embeddings(file, ids, pooling: null);
        var ours = embedder.Embed(texts);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(Cosine(ours[i].Vector, theirs[i]) >= 0.99999, $"{texts[i]}: cosine {Cosine(ours[i].Vector, theirs[i]):R}");
        }
    }

    /// <summary>The embedder that ships, on words.</summary>
    [PeerFact]
    public void The_shipped_embedder_is_the_same_there()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "models", "prose-embed");
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(source))
        {
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        using var embedder = TextEmbedder.Load(source);
        string[] texts = ["Where did the captain hide the lantern?", "The captain hid the lantern in the tower.", string.Concat(Enumerable.Repeat("the rope lay on the walk and ", 30))];
        var theirs = LlamaCpp.Embeddings(file, [.. texts.Select(t => embedder.Tokenizer.Encode(t))], "mean");
        var ours = embedder.Embed(texts);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(Cosine(ours[i].Vector, theirs[i]) >= 0.99999, $"{texts[i]}: cosine {Cosine(ours[i].Vector, theirs[i]):R}");
        }
    }

    private static void Agree(string config)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, config, 700);
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(folder.Root))
        {
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        var texts = Texts();
        using var first = TextEncoder.Load(folder.Root);
        using var second = TextEncoder.Load(file);
        foreach (var (pooling, name) in ((Pooling, string)[])[(Pooling.Mean, "mean"), (Pooling.Cls, "cls"), (Pooling.Last, "last")])
        {
            var theirs = LlamaCpp.Embeddings(file, texts, name);
            foreach (var (model, source) in ((TextEncoder, string)[])[(first, "folder"), (second, "file")])
            {
                var ours = Run(model, texts, pooling);
                for (var i = 0; i < texts.Length; i++)
                {
                    Assert.True(Cosine(ours[i], theirs[i]) >= 0.99999, $"{source}, {name}, {texts[i].Length} tokens: cosine {Cosine(ours[i], theirs[i]):R}");
                }
            }
        }
    }

    private static int[][] Texts()
    {
        var random = new CounterRandom(8);
        return [.. s_lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.NextInt(1003)).ToArray())];
    }

    private static float[][] Run(TextEncoder model, int[][] texts, Pooling pooling, EncoderMethod? method = null)
    {
        var vectors = new float[texts.Length][];
        model.Forward(
            [.. texts.Select(t => (ReadOnlyMemory<int>)t)], method ?? EncoderMethod.None, Pool.RowsOf(pooling), (i, rows) => vectors[i] = Pool.Forward(pooling, rows, model.Shape.HiddenWidth));
        return vectors;
    }

    private static double Cosine(float[] a, float[] b)
    {
        Assert.Equal(a.Length, b.Length);
        var (dot, first, second) = (0d, 0d, 0d);
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            first += (double)a[i] * a[i];
            second += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(first * second);
    }
}
