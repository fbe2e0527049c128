using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Data;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

/// <summary>A folder and the GGUF file made of it are one model. What llama.cpp makes of the file is asked elsewhere (Peer).</summary>
public sealed class GgufCheckpointTests
{
    public static TheoryData<string> Names() => [.. SmallConfigs.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Folder_and_file_give_the_same_logits(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All[name], 500);
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(folder.Root))
        {
            GgufExport.Write(checkpoint, file, null, NoTokenizer);
        }

        var random = new CounterRandom(7);
        var tokens = Enumerable.Range(0, 200).Select(_ => random.NextInt(1003)).ToArray();
        using var fromFolder = ModelLoader.Load(folder.Root);
        var expected = ModelLogits.Of(fromFolder, tokens);
        using var fromFile = ModelLoader.Load(file);
        var found = ModelLogits.Of(fromFile, tokens);
        Assert.Equal(fromFolder.Shape, fromFile.Shape);
        Assert.Equal(fromFolder.NumParameters, fromFile.NumParameters);

        // A file has no key for the kind of gelu: gpt_neox is read with its own, by the error function.
        if (name == "gpt_neox, tanh gelu")
        {
            return;
        }

        // Factors are float64 in a config and float32 in a file; everything else is the same bit for bit.
        var largest = expected.Max(row => row.Max(MathF.Abs));
        var hasFactors = name.Contains("llama3", StringComparison.Ordinal) || name.Contains("longrope", StringComparison.Ordinal) || name.Contains("yarn with", StringComparison.Ordinal);
        for (var t = 0; t < tokens.Length; t++)
        {
            Numbers.Close(expected[t], found[t], hasFactors ? 2e-5 * largest : 0, $"{name} token {t}");
        }
    }

    [Theory]
    [InlineData(StoredType.F32)]
    [InlineData(StoredType.BF16)]
    public void Matrices_and_vectors_come_back_bit_for_bit(StoredType type)
    {
        foreach (var name in (string[])["llama, tied, biases, head_dim 20", "gpt_neox", "phi3"])
        {
            using var folder = new TemporaryFolder();
            RandomCheckpoint.Write(folder, SmallConfigs.All[name], 600, type);
            var file = folder.PathOf("model.gguf");
            using var original = CheckpointFolder.Open(folder.Root);
            GgufExport.Write(original, file, null, NoTokenizer);
            using var read = ModelLoader.Open(file);
            foreach (var tensorName in original.TensorNames)
            {
                Numbers.Same(Values(original.Find(tensorName)!), Values(read.Find(tensorName)!), $"{name} {tensorName}");
            }
        }
    }

    private static void NoTokenizer(GgufMetadata metadata) => metadata.Set("tokenizer.ggml.model", "no_vocab");

    private static float[] Values(Engine.Formats.CheckpointTensor tensor)
    {
        var rows = tensor.Shape.Length == 1 ? 1 : (int)tensor.Shape[0];
        var bytes = new byte[rows * tensor.RowBytes];
        var values = new float[rows * tensor.Columns];
        tensor.ReadRows(0, bytes);
        Blocks.ToSingle(tensor.Type, bytes, 0, values);
        return values;
    }
}
