using System.Text.Json.Nodes;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Tokenizers small enough to write down.</summary>
internal static class SmallTokenizers
{
    /// <summary>Byte-level: 256 bytes (id = byte), then the merges' tokens.</summary>
    public static JsonObject ByteLevel(params (string Left, string Right)[] merges)
    {
        var vocabulary = new JsonObject();
        for (var b = 0; b < 256; b++)
        {
            vocabulary[ByteAlphabet.CharOf((byte)b).ToString()] = b;
        }

        var pairs = new JsonArray();
        foreach (var (left, right) in merges)
        {
            vocabulary[left + right] = vocabulary.Count;
            pairs.Add(new JsonArray(left, right));
        }

        return new JsonObject
        {
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = pairs },
        };
    }

    /// <summary>Without pre-tokenizer: &lt;unk&gt; is 0, the given tokens follow.</summary>
    public static JsonObject Plain(string[] tokens, params (string Left, string Right)[] merges)
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0 };
        foreach (var token in tokens)
        {
            vocabulary[token] = vocabulary.Count;
        }

        return new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)$"{m.Left} {m.Right}")]),
                ["unk_token"] = "<unk>",
            },
        };
    }

    public static Tokenizer Parse(this JsonObject json) => Tokenizer.Parse(json.ToJsonString(), "small.json");

    public static JsonObject With(this JsonObject json, string key, string value)
    {
        json[key] = JsonNode.Parse(value);
        return json;
    }

    public static JsonObject WithModel(this JsonObject json, string key, string value)
    {
        json["model"]!.AsObject()[key] = JsonNode.Parse(value);
        return json;
    }
}
