using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Embedding;

/// <summary>Writes an encoder of BERT-base's widths (768 wide, 12 heads, 3,072 in the feed-forward network) with random weights as GGUF: bert with
/// learned positions, or nomic-bert with rotary ones. Few tokens in the vocabulary, because their rows are only looked up.</summary>
internal static class EncoderGenerator
{
    private const int Width = 768;
    private const int FeedForward = 3072;
    private const int Heads = 12;
    private const int Vocabulary = 1000;

    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRotary">Which of the two.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="window">Tokens of the longest text.</param>
    /// <param name="type">Of the matrices.</param>
    public static void Write(string path, bool isRotary, int layers, int window, GgmlType type)
    {
        var architecture = isRotary ? "nomic-bert" : "bert";
        var metadata = new GgufMetadata(path);
        metadata.Set("general.architecture", architecture);
        metadata.Set($"{architecture}.context_length", (uint)window);
        metadata.Set($"{architecture}.block_count", (uint)layers);
        metadata.Set($"{architecture}.embedding_length", (uint)Width);
        metadata.Set($"{architecture}.attention.head_count", (uint)Heads);
        metadata.Set($"{architecture}.feed_forward_length", (uint)FeedForward);
        metadata.Set($"{architecture}.attention.layer_norm_epsilon", 1e-12f);
        metadata.Set($"{architecture}.attention.causal", false);
        metadata.Set($"{architecture}.pooling_type", 1u);
        metadata.Set($"{architecture}.vocab_size", (uint)Vocabulary);
        metadata.Set("tokenizer.ggml.model", "no_vocab");
        metadata.Set("tokenizer.ggml.token_type_count", 2u);
        if (isRotary)
        {
            metadata.Set($"{architecture}.rope.freq_base", 10000f);
        }

        ModelGenerator.Write(path, metadata, [.. Tensors(isRotary, layers, window, type)]);
    }

    private static IEnumerable<GgufTensorSource> Tensors(bool isRotary, int layers, int window, GgmlType type)
    {
        var pattern = ModelGenerator.Pattern(type);
        yield return Matrix("token_embd", Vocabulary, Width);
        yield return Single("token_types.weight", 0.01f, 2, Width);
        if (!isRotary)
        {
            yield return Single("position_embd.weight", 0.01f, window, Width);
        }

        yield return Single("token_embd_norm.weight", 1, Width);
        yield return Single("token_embd_norm.bias", 0, Width);
        for (var layer = 0; layer < layers; layer++)
        {
            var block = $"blk.{layer}.";
            if (isRotary)
            {
                yield return Matrix(block + "attn_qkv", 3 * Width, Width);
                yield return Matrix(block + "ffn_gate", FeedForward, Width);
            }
            else
            {
                foreach (var name in (string[])["attn_q", "attn_k", "attn_v"])
                {
                    yield return Matrix(block + name, Width, Width);
                    yield return Single($"{block}{name}.bias", 0, Width);
                }

                yield return Single(block + "attn_output.bias", 0, Width);
                yield return Single(block + "ffn_up.bias", 0, FeedForward);
                yield return Single(block + "ffn_down.bias", 0, Width);
            }

            yield return Matrix(block + "attn_output", Width, Width);
            yield return Matrix(block + "ffn_up", FeedForward, Width);
            yield return Matrix(block + "ffn_down", Width, FeedForward);
            foreach (var name in (string[])["attn_output_norm", "layer_output_norm"])
            {
                yield return Single($"{block}{name}.weight", 1, Width);
                yield return Single($"{block}{name}.bias", 0, Width);
            }
        }

        GgufTensorSource Matrix(string name, long rows, long columns)
        {
            var bytes = GgmlTypes.RowBytes(type, rows * columns);
            return new(name + ".weight", type, [rows, columns], stream =>
            {
                for (var left = bytes; left > 0; left -= pattern.Length)
                {
                    stream.Write(pattern, 0, (int)Math.Min(left, pattern.Length));
                }
            });
        }
    }

    private static GgufTensorSource Single(string name, float value, params long[] shape) =>
        GgufTensorSource.FromSingles(name, shape, Enumerable.Repeat(value, (int)shape.Aggregate((a, b) => a * b)).ToArray());
}
