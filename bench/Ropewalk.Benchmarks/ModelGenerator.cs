using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Writes a llama of any shape and type as GGUF, to measure loading and speed with. Norms are ones; matrices are holes in the file
/// (zeros that take no disk), or filled with a repeated random pattern.</summary>
internal static class ModelGenerator
{
    private const int PatternBlocks = 4096;

    public static int Run(string shape, string path, string type, bool filled)
    {
        var stored = Enum.Parse<GgmlType>(type);
        Write(SizesOf(shape), path, stored, filled);
        Console.WriteLine($"{path}: {new FileInfo(path).Length} bytes, {stored}");
        return 0;
    }

    /// <summary>Layers, width, heads, feed-forward width, vocabulary.</summary>
    public static int[] SizesOf(string shape) => shape switch
    {
        "134m" => [12, 768, 12, 2048, 32000],
        "7b" => [32, 4096, 32, 11008, 32000],
        _ => shape.Split(',').Select(int.Parse).ToArray() is { Length: 5 } sizes ? sizes : throw new ArgumentException($"'{shape}': expected 134m, 7b or five numbers", nameof(shape)),
    };

    public static void Write(int[] sizes, string path, GgmlType type, bool filled)
    {
        var metadata = new GgufMetadata(path);
        metadata.Set("general.architecture", "llama");
        metadata.Set("llama.context_length", 4096u);
        metadata.Set("llama.block_count", (uint)sizes[0]);
        metadata.Set("llama.embedding_length", (uint)sizes[1]);
        metadata.Set("llama.attention.head_count", (uint)sizes[2]);
        metadata.Set("llama.feed_forward_length", (uint)sizes[3]);
        metadata.Set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        metadata.Set("llama.rope.freq_base", 10000f);
        metadata.Set("llama.vocab_size", (uint)sizes[4]);
        metadata.Set("tokenizer.ggml.model", "no_vocab");
        Write(path, metadata, [.. Tensors(sizes, type, Pattern(type), filled)]);
    }

    /// <summary>Writes a file of any model.</summary>
    public static void Write(string path, GgufMetadata metadata, GgufTensorSource[] tensors)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(GgufWriter.HeaderOf(metadata, tensors));
        foreach (var tensor in tensors)
        {
            var begin = file.Position;
            tensor.WriteTo(file);
            file.Position = GgufLimits.Align(begin + tensor.LengthBytes, GgufLimits.DefaultAlignment);
        }

        file.SetLength(file.Position);
    }

    private static IEnumerable<GgufTensorSource> Tensors(int[] sizes, GgmlType type, byte[] pattern, bool filled)
    {
        long d = sizes[1], f = sizes[3], v = sizes[4];
        yield return Matrix("token_embd", v, d);
        for (var layer = 0; layer < sizes[0]; layer++)
        {
            foreach (var name in (string[])["attn_norm", "ffn_norm"])
            {
                yield return Norm($"blk.{layer}.{name}", d);
            }

            foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
            {
                yield return Matrix($"blk.{layer}.{name}", d, d);
            }

            yield return Matrix($"blk.{layer}.ffn_gate", f, d);
            yield return Matrix($"blk.{layer}.ffn_up", f, d);
            yield return Matrix($"blk.{layer}.ffn_down", d, f);
        }

        yield return Norm("output_norm", d);
        yield return Matrix("output", v, d);

        GgufTensorSource Matrix(string name, long rows, long columns)
        {
            var bytes = GgmlTypes.RowBytes(type, rows * columns);
            return new(name + ".weight", type, [rows, columns], stream =>
            {
                for (var left = filled ? bytes : 0; left > 0; left -= pattern.Length)
                {
                    stream.Write(pattern, 0, (int)Math.Min(left, pattern.Length));
                }
            });
        }
    }

    private static GgufTensorSource Norm(string name, long width) =>
        GgufTensorSource.FromSingles(name + ".weight", [width], Enumerable.Repeat(1f, (int)width).ToArray());

    /// <summary>Blocks of random numbers of a few hundredths.</summary>
    public static byte[] Pattern(GgmlType type)
    {
        var random = new Random(1);
        var size = GgmlTypes.BlockBytes(type);
        var bytes = new byte[PatternBlocks * size];
        if (!GgmlTypes.IsQuantized(type))
        {
            Blocks.FromSingle(type, Enumerable.Range(0, PatternBlocks).Select(_ => (random.NextSingle() - 0.5f) / 10).ToArray(), bytes);
            return bytes;
        }

        // Random bits are legal everywhere but in the scales.
        random.NextBytes(bytes);
        var scale = (Half)(GgmlTypes.BlockLength(type) == 256 ? 1e-4 : type == GgmlType.Q8_0 ? 4e-4 : 4e-3);
        for (var block = 0; block < bytes.Length; block += size)
        {
            MemoryMarshal.Write(bytes.AsSpan(block + (type == GgmlType.Q6_K ? size - 2 : 0)), scale);
            if (type is GgmlType.Q4_1 or GgmlType.Q5_1 or GgmlType.Q4_K or GgmlType.Q5_K)
            {
                MemoryMarshal.Write(bytes.AsSpan(block + 2), scale);
            }
        }

        return bytes;
    }
}
