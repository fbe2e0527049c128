using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>What a folder without tokenizer.json says of its tokenizer beside the vocabulary.</summary>
internal sealed class FolderSettings
{
    /// <summary>Advice for folders that name no class of ours.</summary>
    public const string Hint = "; for others let transformers write tokenizer.json: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)";

    private readonly JsonField _specials;
    private readonly JsonField? _model;

    private FolderSettings(string folder)
    {
        Folder = folder;
        Config = Read(folder, "tokenizer_config.json") ?? Empty(Path.Combine(folder, "tokenizer_config.json"));
        _specials = Read(folder, "special_tokens_map.json") ?? Empty(Path.Combine(folder, "special_tokens_map.json"));
        _model = Read(folder, "config.json");
        Class = ReadClass();
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>tokenizer_config.json; an empty object where there is none.</summary>
    public JsonField Config { get; }

    /// <summary>Name of the class that transformers would take, without "Fast"; null where nothing says.</summary>
    public string? Class { get; }

    /// <summary>What is in the files and was not done; one line each.</summary>
    public List<string> Notes { get; } = [];

    public static FolderSettings Read(string folder) => new(folder);

    /// <summary>A JSON file of the folder, or null.</summary>
    public static JsonField? Read(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = TokenizerFile.Parse(TokenizerFile.Read(path), path);
        return JsonField.Root(path, document.RootElement.Clone());
    }

    /// <summary>The spelling of a special token: a text, or an object with its content.</summary>
    public (string Content, JsonField Field)? Token(string name)
    {
        var field = Config.Optional(name) ?? _specials.Optional(name);
        return field is { } found ? (Content(found), found) : null;
    }

    /// <summary>Further special tokens without a part of their own.</summary>
    public IEnumerable<(string Content, JsonField Field)> MoreTokens() =>
        (Config.Optional("additional_special_tokens") ?? _specials.Optional("additional_special_tokens"))?.Items().Select(f => (Content(f), f)) ?? [];

    /// <summary>What is put around a text: as tokenizer_config.json says, else special_tokens_map.json, else as the class does it.</summary>
    public JsonField ConfigWith(JsonObject defaults)
    {
        var config = new JsonObject();
        foreach (var name in new[] { "bos_token", "eos_token" })
        {
            if ((Token(name)?.Content ?? defaults[name]?.GetValue<string>()) is { } content)
            {
                config[name] = content;
            }
        }

        foreach (var name in new[] { "add_bos_token", "add_eos_token" })
        {
            if ((Config.Optional(name)?.Bool() ?? defaults[name]?.GetValue<bool>()) is { } adds)
            {
                config[name] = adds;
            }
        }

        using var document = JsonDocument.Parse(config.ToJsonString());
        return JsonField.Root(Config.File, document.RootElement.Clone());
    }

    /// <summary>The complaint that a class is not one of ours.</summary>
    public UnsupportedCheckpointException Unsupported(string files, string classes) =>
        new(Config.File, "tokenizer_class", $"{(Class is null ? "nothing" : JsonField.Short(Class))} beside {files} and no tokenizer.json", classes + Hint);

    private static string Content(JsonField field) =>
        field.Kind == JsonValueKind.Object ? field.Required("content").String() : field.String();

    private static JsonField Empty(string file)
    {
        using var document = JsonDocument.Parse("{}");
        return JsonField.Root(file, document.RootElement.Clone());
    }

    /// <summary>The general classes say nothing of the kind.</summary>
    private string? ReadClass()
    {
        const string fast = "Fast";
        var name = (Config.Optional("tokenizer_class") ?? _model?.Optional("tokenizer_class"))?.String();
        if (name is null or "PreTrainedTokenizer" or "PreTrainedTokenizerFast")
        {
            return _model?.Optional("model_type")?.String() switch
            {
                "bert" => "BertTokenizer",
                "gpt2" => "GPT2Tokenizer",
                "llama" => "LlamaTokenizer",
                "qwen2" => "Qwen2Tokenizer",
                _ => null,
            };
        }

        return name.EndsWith(fast, StringComparison.Ordinal) ? name[..^fast.Length] : name;
    }
}
