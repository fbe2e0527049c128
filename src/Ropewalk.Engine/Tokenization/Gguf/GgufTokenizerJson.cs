using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Writes what the tables of a GGUF file say as a tokenizer.json.</summary>
internal static class GgufTokenizerJson
{
    private const string Marker = "\u2581";

    /// <summary>Tokens stand in the file as themselves, not as escapes.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds what both kinds have to the parts of one: added tokens, what is put around a text, the vocabulary.</summary>
    public static JsonObject Build(GgufMetadata metadata, GgufTokenTable table, GgufSpecialTokens special, JsonObject parts)
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < table.Texts.Length; id++)
        {
            vocabulary.Add(table.Texts[id], id);
        }

        parts["model"]!["vocab"] = vocabulary;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = AddedTokens(metadata, table),
            ["normalizer"] = parts["normalizer"]?.DeepClone(),
            ["pre_tokenizer"] = parts["pre_tokenizer"]?.DeepClone(),
            ["post_processor"] = special.ToPostProcessor(table.Texts),
            ["decoder"] = parts["decoder"]!.DeepClone(),
            ["model"] = parts["model"]!.DeepClone(),
        };
    }

    /// <summary>SentencePiece: spaces become a marker, the whole text is one word, unknown characters become bytes.</summary>
    public static JsonObject Pieces(GgufMetadata metadata, GgufTokenTable table, GgufSpecialTokens special)
    {
        var scores = table.Scores ?? metadata.Missing<float[]>(GgufTokenizerKeys.Scores, "a list of f32");
        var texts = table.Texts;
        var merges = GgufScoreMerges.Build(table, scores).Select(m => (JsonNode)new JsonArray(texts[m.Left], texts[m.Right]));
        var addsSpace = metadata.OptionalBool(GgufTokenizerKeys.AddSpacePrefix) ?? true;
        var mark = new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = " " }, ["content"] = Marker };
        var unmark = new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = Marker }, ["content"] = " " };
        var decoders = new JsonArray(unmark, new JsonObject { ["type"] = "ByteFallback" }, new JsonObject { ["type"] = "Fuse" });
        if (addsSpace)
        {
            decoders.Add(new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        }

        return new JsonObject
        {
            ["normalizer"] = addsSpace
                ? new JsonObject
                {
                    ["type"] = "Sequence",
                    ["normalizers"] = new JsonArray(new JsonObject { ["type"] = "Prepend", ["prepend"] = Marker }, mark),
                }
                : mark,
            ["decoder"] = new JsonObject { ["type"] = "Sequence", ["decoders"] = decoders },
            ["model"] = Model(merges, special.Unknown is { } id ? texts[id] : null, isPieces: true, ignoreMerges: false),
        };
    }

    /// <summary>GPT-2's kind: words are cut by a rule and written in the byte alphabet.</summary>
    public static JsonObject ByteLevel(GgufMetadata metadata, GgufTokenTable table, GgufPreTokenizer pre)
    {
        var steps = pre.Steps.Select(s => (JsonNode)s.ToJson()).ToArray();
        return new JsonObject
        {
            ["pre_tokenizer"] = steps.Length == 1 ? steps[0] : new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(steps) },
            ["decoder"] = PreTokenizerStep.ByteLevel(regex: true).ToJson(),
            ["model"] = Model(ReadMerges(metadata, table), unknown: null, isPieces: false, pre.IgnoreMerges),
        };
    }

    private static JsonObject Model(IEnumerable<JsonNode> merges, string? unknown, bool isPieces, bool ignoreMerges) => new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = unknown,
        ["continuing_subword_prefix"] = null,
        ["end_of_word_suffix"] = null,
        ["fuse_unk"] = isPieces,
        ["byte_fallback"] = isPieces,
        ["ignore_merges"] = ignoreMerges,
        ["vocab"] = null,
        ["merges"] = new JsonArray([.. merges]),
    };

    /// <summary>Two tokens with a space between; of two equal merges llama.cpp counts the first.</summary>
    private static List<JsonNode> ReadMerges(GgufMetadata metadata, GgufTokenTable table)
    {
        var merges = metadata.OptionalTexts(GgufTokenizerKeys.Merges) ?? metadata.Missing<string[]>(GgufTokenizerKeys.Merges, "a list of texts");
        var seen = new HashSet<string>(merges.Length, StringComparer.Ordinal);
        var pairs = new List<JsonNode>(merges.Length);
        for (var i = 0; i < merges.Length; i++)
        {
            var at = merges[i].Length > 1 ? merges[i].IndexOf(' ', 1) : -1;
            var (left, right) = at < 0 ? ("", "") : (merges[i][..at], merges[i][(at + 1)..]);
            if (!table.Ids.ContainsKey(left) || !table.Ids.ContainsKey(right) || !table.Ids.ContainsKey(left + right))
            {
                throw new CheckpointFormatException(metadata.File, $"{GgufTokenizerKeys.Merges}[{i}]", $"\"{JsonField.Short(merges[i])}\"",
                    "two tokens with a space between, which joined are a token");
            }

            if (seen.Add(merges[i]))
            {
                pairs.Add(new JsonArray(left, right));
            }
        }

        return pairs;
    }

    private static JsonArray AddedTokens(GgufMetadata metadata, GgufTokenTable table)
    {
        var stripsRight = StripsRight(metadata);
        var tokens = new JsonArray();
        for (var id = 0; id < table.Texts.Length; id++)
        {
            if (table.Types[id] is GgufTokenType.Control or GgufTokenType.Unknown or GgufTokenType.UserDefined)
            {
                tokens.Add(new JsonObject
                {
                    ["id"] = id,
                    ["content"] = table.Texts[id],
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = stripsRight && table.Texts[id] is not ("<unk>" or "<s>" or "<|endoftext|>"),
                    ["normalized"] = false,
                    ["special"] = table.Types[id] != GgufTokenType.UserDefined,
                });
            }
        }

        return tokens;
    }

    /// <summary>Whether added tokens swallow the white space behind them. No key says so; llama.cpp goes by the model's name.</summary>
    public static bool StripsRight(GgufMetadata metadata) =>
        metadata.OptionalText("general.name") is { } name
        && (name.Contains("phi-3", StringComparison.OrdinalIgnoreCase) || name.Contains("phi3", StringComparison.OrdinalIgnoreCase));
}
