using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ropewalk.Engine.Embedding;

/// <summary>Writes into a tokenizer's own files the end-of-text token that <see cref="EmbedderTokens"/> puts after each text: whoever else loads the folder
/// would take the row of another token.</summary>
public static class EndedTokenizer
{
    private const string Template = "TemplateProcessing";

    /// <summary>A file's content with the end in it; null where nothing changes: the tokenizer ends texts itself, or the file is another one.</summary>
    /// <param name="tokens">The embedder's texts.</param>
    /// <param name="path">A file of the tokenizer's folder, from which the tokenizer was read.</param>
    /// <param name="bytes">What it is to hold otherwise; null for what it does.</param>
    public static byte[]? Changed(EmbedderTokens tokens, string path, byte[]? bytes)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return !tokens.AppendsEnd ? null : Path.GetFileName(path) switch
        {
            "tokenizer.json" => WithTemplate(tokens, bytes ?? File.ReadAllBytes(path)),
            "tokenizer_config.json" => WithFlag(bytes ?? File.ReadAllBytes(path)),
            _ => null,
        };
    }

    /// <summary>Llama's own classes make the template anew from this flag.</summary>
    private static byte[] WithFlag(ReadOnlySpan<byte> bytes)
    {
        var config = JsonNode.Parse(WithoutMark(bytes))!.AsObject();
        config["add_eos_token"] = true;
        return Encoding.UTF8.GetBytes(config.ToJsonString(EmbedderSettingsWriter.Json) + "\n");
    }

    /// <summary>Only the post-processor's own bytes change: the rest of a tokenizer is not ours to spell anew.</summary>
    private static byte[] WithTemplate(EmbedderTokens tokens, ReadOnlySpan<byte> bytes)
    {
        var json = WithoutMark(bytes);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var open = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals("post_processor"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isIt)
            {
                var end = (int)reader.BytesConsumed;
                return [.. json[..start], .. Text(Processor(tokens, JsonNode.Parse(json[start..end]))), .. json[end..]];
            }
        }

        return [.. json[..open], .. "\"post_processor\": "u8, .. Text(Processor(tokens, null)), (byte)',', .. json[open..]];
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    private static byte[] Text(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(EmbedderSettingsWriter.Json));

    /// <summary>What was there without its templates, and one that says all that goes around a text.</summary>
    private static JsonNode Processor(EmbedderTokens tokens, JsonNode? before)
    {
        var members = before is null ? [] : (string?)before["type"] == "Sequence" ? before["processors"]!.AsArray().Select(p => p!) : [before];
        JsonNode[] kept = [.. members.Where(p => (string?)p["type"] != Template).Select(p => p.DeepClone())];
        var template = TemplateOf(tokens);
        return kept.Length == 0 ? template : new JsonObject { ["type"] = "Sequence", ["processors"] = new JsonArray([.. kept, template]) };
    }

    private static JsonObject TemplateOf(EmbedderTokens tokens)
    {
        JsonNode Special(int id, int type) => new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = tokens.TextOf(id), ["type_id"] = type } };
        IEnumerable<JsonNode> Around(string sequence, int type) =>
            [.. tokens.Prefix.Select(t => Special(t, type)), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = sequence, ["type_id"] = type } }, .. tokens.Suffix.Select(t => Special(t, type))];
        var named = new JsonObject();
        foreach (var id in tokens.Prefix.Concat(tokens.Suffix).Distinct())
        {
            named[tokens.TextOf(id)] = new JsonObject { ["id"] = tokens.TextOf(id), ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(tokens.TextOf(id)) };
        }

        return new JsonObject
        {
            ["type"] = Template,
            ["single"] = new JsonArray([.. Around("A", 0)]),
            ["pair"] = new JsonArray([.. Around("A", 0), .. Around("B", 1)]),
            ["special_tokens"] = named,
        };
    }
}
