using System.Diagnostics;
using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Formats.Gguf;

/// <summary>Files that were not written here.</summary>
public sealed class GgufPeerTests
{
    /// <summary>Made by ggml's own writer (libggml-base of the llama.cpp build that other tests compare with): gguf_init_empty, gguf_set_val_*,
    /// gguf_set_arr_data, gguf_set_arr_str, gguf_add_tensor and gguf_write_to_file with the values below, in this order.</summary>
    private static readonly string Golden = Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Formats", "Gguf", "written-by-ggml.gguf");

    private static readonly (string Key, object Value)[] Pairs =
    [
        ("general.architecture", "llama"), ("val.u8", (byte)200), ("val.i8", (sbyte)-100), ("val.u16", (ushort)60_000), ("val.i16", (short)-30_000),
        ("val.u32", 4_000_000_000u), ("val.i32", -2_000_000_000), ("val.f32", 1.5f), ("val.u64", ulong.MaxValue), ("val.i64", long.MinValue),
        ("val.f64", 0.1), ("val.bool", true), ("list.u8", new byte[] { 0, 255 }), ("list.i8", new sbyte[] { -128, 127 }),
        ("list.u16", new ushort[] { 1, 65_535 }), ("list.i16", new short[] { -32_768, 3 }), ("list.u32", new uint[] { 0, uint.MaxValue }),
        ("list.i32", new[] { int.MinValue, 5 }), ("list.f32", new[] { 0.5f, -2f }), ("list.bool", new[] { true, false, true }),
        ("list.u64", new[] { 1UL << 63 }), ("list.i64", new[] { -1L, 1 }), ("list.f64", new[] { 1e300 }), ("list.empty", Array.Empty<int>()),
        ("list.str", new[] { "<s>", "", "\u2581a\u4e2d\U0001F600", "a b" }),
    ];

    private static readonly (string Name, string Type, int Number, long[] Shape, int Bytes)[] Tensors =
    [
        ("token_embd.weight", "F32", 0, [2, 3], 24), ("blk.0.attn_q.weight", "Q4_0", 2, [2, 32], 36), ("q2k", "Q2_K", 10, [256], 84),
        ("q6k.weight", "Q6_K", 14, [2, 1, 256], 420), ("f16", "F16", 1, [5], 10),
    ];

    [Fact]
    public void A_file_written_by_ggml_is_read_completely()
    {
        using var file = GgufFile.Open(Golden);
        Assert.Equal(Pairs.Select(pair => pair.Key), file.Metadata.Keys);
        foreach (var (key, value) in Pairs)
        {
            Assert.True(file.Metadata.TryGet(key, out var found));
            Assert.Equal(value.GetType(), found.GetType());
            Assert.Equal(value, found);
        }

        Assert.Equal(Tensors.Select(tensor => tensor.Name), file.Tensors.Keys);
        foreach (var (name, type, number, shape, lengthBytes) in Tensors)
        {
            var tensor = file.Tensors[name];
            var bytes = new byte[tensor.LengthBytes];
            file.ReadBytes(tensor, 0, bytes);
            Assert.Equal(type, tensor.TypeName);
            Assert.Equal(shape, tensor.Shape);
            Assert.Equal(Enumerable.Range(0, lengthBytes).Select(i => (byte)((7 * i) + number)), bytes);
        }
    }

    [Fact]
    public void The_writer_writes_what_ggml_writes_to_the_byte()
    {
        using var folder = new TemporaryFolder();
        using var golden = GgufFile.Open(Golden);
        var path = folder.PathOf("x.gguf");
        var metadata = new GgufMetadata(path);
        foreach (var (key, value) in Pairs)
        {
            metadata.Set(key, value);
        }

        GgufWriter.Write(path, metadata, [.. golden.Tensors.Values.Select(tensor => GgufTensorSource.Copy(golden, tensor))]);
        Assert.Equal(File.ReadAllBytes(Golden), File.ReadAllBytes(path));
    }

    [Fact]
    public void Every_truncation_but_of_the_last_padding_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Golden);
        using var golden = GgufFile.Open(Golden);
        var last = golden.Tensors["f16"];
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("x.gguf", whole[..length]);
            if (length < last.OffsetBytes + last.LengthBytes)
            {
                Attack.MustFail(() => GgufFile.Open(path).Dispose(), length, path);
            }
            else
            {
                GgufFile.Open(path).Dispose();
            }
        }
    }

    [SharedTheory]
    [InlineData("llama2xs")]
    [InlineData("stories260K")]
    public unsafe void Real_models_open(string model)
    {
        using var file = GgufFile.Open(SharedData.Path("data", "models", model + ".gguf"), mapped: true);
        Assert.Equal(3, file.Version);
        Assert.Equal(47, file.Tensors.Count);
        Assert.Equal(0, file.TailBytes);
        Assert.Equal("llama", file.Metadata.RequiredText("general.architecture"));
        Assert.Equal(5, file.Metadata.RequiredInt("llama.block_count", 1, 100));
        Assert.Equal(512, file.Metadata.OptionalTexts("tokenizer.ggml.tokens")!.Length);
        var embedding = file.Tensors["token_embd.weight"];
        Assert.Equal([512, 64], embedding.Shape);
        var bytes = new byte[embedding.LengthBytes];
        file.ReadBytes(embedding, 0, bytes);
        Assert.True(bytes.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(file.MappedPointer(embedding), bytes.Length)));

        // The same weights as Hugging Face's folder has them.
        using var folder = CheckpointFolder.Open(SharedData.Path("data", "models", model));
        Assert.True(folder.TryFind("model.embed_tokens.weight", out var same, out var safetensors));
        var values = new float[same.Elements];
        safetensors.ReadAsSingle(same, 0, values);
        Assert.Equal(same.Shape, embedding.Shape);
        Assert.Equal(GgmlType.F32, file.TypeOf(embedding));
        Assert.Equal(values, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [SharedTheory]
    [InlineData("bert-bge", 30_522)]
    [InlineData("deepseek-coder", 32_256)]
    [InlineData("falcon", 65_024)]
    [InlineData("gpt-2", 50_257)]
    [InlineData("llama-spm", 32_000)]
    [InlineData("phi-3", 32_064)]
    public void Real_vocabularies_open_and_are_written_alike(string name, int tokens)
    {
        using var folder = new TemporaryFolder();
        var path = SharedData.Path("data", "tokenizers", "gguf-vocab", $"ggml-vocab-{name}.gguf");
        using var file = GgufFile.Open(path);
        Assert.Empty(file.Tensors);
        Assert.Equal(tokens, file.Metadata.OptionalTexts("tokenizer.ggml.tokens")!.Length);
        Assert.Equal(0, file.TailBytes);

        var copy = folder.PathOf("copy.gguf");
        GgufWriter.Write(copy, file.Metadata, []);
        var expected = File.ReadAllBytes(path);
        Assert.Equal(expected, File.ReadAllBytes(copy)[..expected.Length]);
    }

    [Fact]
    public void A_vocabulary_of_128_thousand_is_read_with_little_memory()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("x.gguf");
        var metadata = new GgufMetadata(path);
        metadata.Set("tokenizer.ggml.tokens", Enumerable.Range(0, 128_256).Select(i => $"\u2581token{i}").ToArray());
        metadata.Set("tokenizer.ggml.merges", Enumerable.Range(0, 280_147).Select(i => $"\u2581to ken{i}").ToArray());
        metadata.Set("tokenizer.ggml.scores", new float[128_256]);
        metadata.Set("tokenizer.ggml.token_type", new int[128_256]);
        GgufWriter.Write(path, metadata, [.. Enumerable.Range(0, 1000).Select(i => new GgufTensorSource($"blk.{i}", GgmlType.F16, [2, 2], stream => stream.Write(new byte[8])))]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        using var file = GgufFile.Open(path);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 5 * file.LengthBytes, "memory beyond the texts themselves");
        Assert.Equal(128_256, file.Metadata.OptionalTexts("tokenizer.ggml.tokens")!.Length);
    }
}
