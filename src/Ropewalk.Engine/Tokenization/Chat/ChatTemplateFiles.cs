using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The chat templates of a model by their names, and the special tokens that they may write.</summary>
/// <param name="Templates">The templates.</param>
/// <param name="SpecialTokens">The tokens by the names that templates use, as bos_token.</param>
internal sealed record ChatTemplateFiles(IReadOnlyDictionary<string, ChatTemplateText> Templates, IReadOnlyDictionary<string, string> SpecialTokens)
{
    /// <summary>The template that is meant where none is named.</summary>
    public const string Default = "default";

    /// <summary>The template for conversations with tools, where there is one.</summary>
    public const string ToolUse = "tool_use";

    private const int MaximumBytes = 4 << 20;
    private const string Key = "chat_template";
    private const string Extension = ".jinja";

    // Transformers writes the first; the second is seen too.
    private static readonly string[] s_folders = ["additional_chat_templates", "chat_templates"];

    /// <summary>The template of a name.</summary>
    /// <exception cref="CheckpointFormatException">There is none.</exception>
    public ChatTemplateText Required(string path, string name) => Templates.TryGetValue(name, out var text) ? text
        : throw new CheckpointFormatException(path, Key, Templates.Count == 0 ? "nothing" : $"no template {TemplateSource.Quote(name)}",
            Templates.Count == 0 ? "a chat template: this model is not made for conversations, or its template is missing"
            : $"one of {string.Join(", ", Templates.Keys.Order(StringComparer.Ordinal).Take(20).Select(TemplateSource.Quote))}");

    /// <summary>Reads a Hugging Face folder. As in Transformers a file of its own counts more than tokenizer_config.json.</summary>
    public static ChatTemplateFiles OfFolder(string folder)
    {
        var templates = new Dictionary<string, ChatTemplateText>(StringComparer.Ordinal);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "special_tokens_map.json", "tokenizer_config.json" })
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path) && JsonFile.Read(path) is { ValueKind: JsonValueKind.Object } config)
            {
                AddTokens(config, tokens);
                AddTemplates(config, path, templates);
            }
        }

        AddFile(Path.Combine(folder, Key + Extension), Default, templates);
        foreach (var more in s_folders.Select(f => Path.Combine(folder, f)).Where(Directory.Exists))
        {
            foreach (var path in Directory.EnumerateFiles(more, "*" + Extension).Order(StringComparer.Ordinal))
            {
                AddFile(path, Path.GetFileNameWithoutExtension(path), templates);
            }
        }

        return new ChatTemplateFiles(templates, tokens);
    }

    /// <summary>Reads a GGUF file's metadata.</summary>
    public static ChatTemplateFiles OfGguf(string path)
    {
        using var gguf = GgufSet.Open(path);
        return OfGguf(gguf.Metadata);
    }

    /// <summary>Reads the metadata of a GGUF file.</summary>
    public static ChatTemplateFiles OfGguf(GgufMetadata metadata)
    {
        var templates = new Dictionary<string, ChatTemplateText>(StringComparer.Ordinal);
        foreach (var key in metadata.Keys.Where(k => k == GgufTokenizerKeys.ChatTemplate || k.StartsWith(GgufTokenizerKeys.ChatTemplate + ".", StringComparison.Ordinal)))
        {
            var name = key == GgufTokenizerKeys.ChatTemplate ? Default : key[(GgufTokenizerKeys.ChatTemplate.Length + 1)..];
            templates[name] = new ChatTemplateText(metadata.RequiredText(key), new TemplateSource(metadata.File, key));
        }

        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        if (metadata.OptionalTexts(GgufTokenizerKeys.Tokens) is { Length: > 0 } texts)
        {
            var isPieces = metadata.OptionalText(GgufTokenizerKeys.Model) == GgufTokenizerKeys.SentencePiece;
            var special = GgufSpecialTokens.Read(metadata, texts.Length, isPieces, addsBos: false);
            foreach (var (name, id) in new[] { ("bos_token", special.Bos), ("eos_token", special.Eos), ("unk_token", special.Unknown), ("pad_token", special.Padding) })
            {
                if (id is { } known)
                {
                    tokens[name] = texts[known];
                }
            }
        }

        return new ChatTemplateFiles(templates, tokens);
    }

    private static void AddTemplates(JsonElement config, string path, Dictionary<string, ChatTemplateText> templates)
    {
        if (!config.TryGetProperty(Key, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            templates[Default] = new ChatTemplateText(value.GetString()!, new TemplateSource(path, Key));
            return;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw new CheckpointFormatException(path, Key, "neither a text nor a list", "a template, or a list of templates with their names");
        }

        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            var key = $"{Key}[{i++}]";
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
                || !item.TryGetProperty("template", out var template) || template.ValueKind != JsonValueKind.String)
            {
                throw new CheckpointFormatException(path, key, "something else", "an object with the texts name and template");
            }

            templates[name.GetString()!] = new ChatTemplateText(template.GetString()!, new TemplateSource(path, $"{key}.template"));
        }
    }

    /// <summary>Every key that ends in "_token" with a text, or an object with its content, and the list of further tokens.</summary>
    private static void AddTokens(JsonElement config, Dictionary<string, string> tokens)
    {
        foreach (var member in config.EnumerateObject().Where(m => m.Name.EndsWith("_token", StringComparison.Ordinal)))
        {
            var content = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("content", out var inner) ? inner : member.Value;
            if (content.ValueKind == JsonValueKind.String)
            {
                tokens[member.Name] = content.GetString()!;
            }
        }
    }

    private static void AddFile(string path, string name, Dictionary<string, ChatTemplateText> templates)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var bytes = RegularFile.ReadAll(path, "a chat template", MaximumBytes);
        if (!Utf8.IsValid(bytes))
        {
            throw new CheckpointFormatException(path, $"byte {Utf8Text.FirstInvalid(bytes)}", "bytes that are not UTF-8", "UTF-8 text");
        }

        templates[name] = new ChatTemplateText(Encoding.UTF8.GetString(bytes), new TemplateSource(path, null));
    }
}
