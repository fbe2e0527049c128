using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>The tokens with a part of their own in a GGUF file, and which of them are put around a text.</summary>
internal sealed record GgufSpecialTokens
{
    /// <summary>Begins a text.</summary>
    public int? Bos { get; init; }

    /// <summary>Ends a text.</summary>
    public int? Eos { get; init; }

    /// <summary>Stands for what no token can write.</summary>
    public int? Unknown { get; init; }

    /// <summary>Fills a batch up.</summary>
    public int? Padding { get; init; }

    /// <summary>Whether <see cref="Bos"/> is put before each text.</summary>
    public bool AddsBos { get; init; }

    /// <summary>Whether <see cref="Eos"/> is put after each text.</summary>
    public bool AddsEos { get; init; }

    /// <param name="metadata">The file's metadata.</param>
    /// <param name="count">Number of tokens: each id must be below it.</param>
    /// <param name="isPieces">Whether SentencePiece's ids (0 unknown, 1 begin, 2 end) count where the file has none.</param>
    /// <param name="addsBos">Whether a text begins with the token for that where the file does not say.</param>
    public static GgufSpecialTokens Read(GgufMetadata metadata, int count, bool isPieces, bool addsBos)
    {
        var special = new GgufSpecialTokens
        {
            Bos = Id(metadata, GgufTokenizerKeys.Bos, count, isPieces ? 1 : null),
            Eos = Id(metadata, GgufTokenizerKeys.Eos, count, isPieces ? 2 : null),
            Unknown = Id(metadata, GgufTokenizerKeys.Unknown, count, isPieces ? 0 : null),
            Padding = Id(metadata, GgufTokenizerKeys.Padding, count, null),
            AddsBos = metadata.OptionalBool(GgufTokenizerKeys.AddBos) ?? addsBos,
            AddsEos = metadata.OptionalBool(GgufTokenizerKeys.AddEos) ?? false,
        };
        if (special.AddsBos && special.Bos is null)
        {
            metadata.Missing<int>(GgufTokenizerKeys.Bos, "the id of the token that each text is to begin with");
        }

        if (special.AddsEos && special.Eos is null)
        {
            metadata.Missing<int>(GgufTokenizerKeys.Eos, "the id of the token that each text is to end with");
        }

        return special;
    }

    /// <summary>The post_processor of a tokenizer.json.</summary>
    public JsonObject ToPostProcessor(string[] texts)
    {
        var around = new JsonArray(new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } });
        var tokens = new JsonObject();
        if (AddsBos)
        {
            around.Insert(0, Part(texts, Bos!.Value, tokens));
        }

        if (AddsEos)
        {
            around.Add(Part(texts, Eos!.Value, tokens));
        }

        var pair = new JsonArray([.. around.Select(p => p!.DeepClone()), .. around.Select(p => p!.DeepClone())]);
        foreach (var part in pair.Skip(around.Count))
        {
            var content = part!.AsObject().First().Value!.AsObject();
            content["type_id"] = 1;
            if (content["id"]!.GetValue<string>() == "A" && part["Sequence"] is not null)
            {
                content["id"] = "B";
            }
        }

        return new JsonObject { ["type"] = "TemplateProcessing", ["single"] = around, ["pair"] = pair, ["special_tokens"] = tokens };
    }

    /// <summary>A tokenizer_config.json.</summary>
    public JsonObject ToConfig(string[] texts, bool isPieces, string? chatTemplate)
    {
        var config = new JsonObject
        {
            ["tokenizer_class"] = isPieces ? "LlamaTokenizer" : "PreTrainedTokenizerFast",
            ["add_bos_token"] = AddsBos,
            ["add_eos_token"] = AddsEos,
            ["clean_up_tokenization_spaces"] = false,
        };
        foreach (var (name, id) in new[] { ("bos_token", Bos), ("eos_token", Eos), ("unk_token", Unknown), ("pad_token", Padding) })
        {
            if (id is { } known)
            {
                config[name] = texts[known];
            }
        }

        if (chatTemplate is not null)
        {
            config["chat_template"] = chatTemplate;
        }

        return config;
    }

    private static JsonObject Part(string[] texts, int id, JsonObject tokens)
    {
        tokens[texts[id]] = new JsonObject { ["id"] = texts[id], ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(texts[id]) };
        return new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = texts[id], ["type_id"] = 0 } };
    }

    private static int? Id(GgufMetadata metadata, string key, int count, int? absent) =>
        metadata.OptionalInt(key, 0, count - 1) ?? (absent < count ? absent : null);
}
