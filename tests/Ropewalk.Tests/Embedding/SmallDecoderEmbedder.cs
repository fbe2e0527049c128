using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Embedding;

/// <summary>A decoder as an embedder, saved as Qwen3-Embedding is: tensors without "model." and without a head, pooling of the last token in modules.json,
/// and a template that ends each text with another token than eos_token.</summary>
internal static class SmallDecoderEmbedder
{
    /// <summary>Ends each text.</summary>
    public const int End = 257;

    /// <summary>Named as eos_token.</summary>
    public const int Eos = 256;

    /// <summary>Writes it into an empty folder.</summary>
    public static void Write(TemporaryFolder folder)
    {
        var config = RandomCheckpoint.Config(SmallConfigs.All["qwen3"], """{"vocab_size":258}""");
        using var named = new TemporaryFolder();
        RandomCheckpoint.Write(named, config, 700);
        Rename(named, folder, name => name["model.".Length..]);
        folder.Write("config.json", config);
        folder.Write("modules.json", """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},{"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]""");
        Directory.CreateDirectory(folder.PathOf("1_Pooling"));
        folder.Write("1_Pooling/config.json", """{"word_embedding_dimension":104,"pooling_mode_lasttoken":true}""");
        File.Copy(Path.Combine(Command.Embedded, "tokenizer_config.json"), folder.PathOf("tokenizer_config.json"));
        var tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(Command.Embedded, "tokenizer.json")))!;
        tokenizer["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id":257,"content":"<|end|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}"""));
        tokenizer["post_processor"] = JsonNode.Parse("""{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<|end|>","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<|end|>":{"id":"<|end|>","ids":[257],"tokens":["<|end|>"]}}}""");
        folder.Write("tokenizer.json", tokenizer.ToJsonString());
    }

    /// <summary>Writes a folder's tensors under other names.</summary>
    public static void Rename(TemporaryFolder source, TemporaryFolder target, Func<string, string> name)
    {
        using var checkpoint = CheckpointFolder.Open(source.Root);
        SafetensorsWriter.Write(target.PathOf("model.safetensors"), [.. checkpoint.TensorNames.Select(n =>
        {
            var tensor = checkpoint.Find(n)!;
            var bytes = new byte[tensor.NumRows * tensor.RowBytes];
            tensor.ReadRows(0, bytes);
            return TensorSource.FromSingles(name(n), StoredType.F32, tensor.Shape, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        })]);
    }
}
