using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Data;
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
        foreach (var path in (string[])[folder.Root, file])
        {
            using var model = TextEncoder.Load(path);
            foreach (var (pooling, theirName) in ((Pooling, string)[])[(Pooling.Mean, "mean"), (Pooling.Cls, "cls"), (Pooling.Last, "last")])
            {
                var ours = Run(model, texts, pooling);
                var theirs = LlamaCpp.Embeddings(file, texts, theirName);
                for (var i = 0; i < texts.Length; i++)
                {
                    Assert.True(Cosine(ours[i], theirs[i]) >= 0.99999, $"{Path.GetFileName(path)}, {theirName}, {texts[i].Length} tokens: cosine {Cosine(ours[i], theirs[i]):R}, worst of all {ours.Zip(theirs, Cosine).Min():R}");
                }
            }
        }
    }

    private static int[][] Texts()
    {
        var random = new CounterRandom(8);
        return [.. s_lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.NextInt(1003)).ToArray())];
    }

    private static float[][] Run(TextEncoder model, int[][] texts, Pooling pooling)
    {
        var vectors = new float[texts.Length][];
        model.Forward(
            [.. texts.Select(t => (ReadOnlyMemory<int>)t)], EncoderMethod.None, Pool.RowsOf(pooling), (i, rows) => vectors[i] = Pool.Forward(pooling, rows, model.Shape.HiddenWidth));
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
