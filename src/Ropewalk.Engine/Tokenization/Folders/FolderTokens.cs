using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Gathers the added tokens of a folder without tokenizer.json, in the form that they have there.</summary>
internal static class FolderTokens
{
    private static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <param name="settings">The folder's settings.</param>
    /// <param name="defaults">Special tokens that the class has where no file names them.</param>
    /// <param name="find">Id of a token of the vocabulary.</param>
    public static JsonArray Read(FolderSettings settings, JsonObject defaults, Func<string, int?> find)
    {
        var tokens = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var token in Listed(settings))
        {
            tokens.TryAdd(token["content"]!.GetValue<string>(), token);
        }

        var specials = Names.Select(settings.Token).OfType<(string Content, JsonField Field)>().Concat(settings.MoreTokens());
        foreach (var (content, field) in specials)
        {
            Special(content, field);
        }

        foreach (var name in Names.Where(n => settings.Token(n) is null && defaults[n] is not null))
        {
            Special(defaults[name]!.GetValue<string>(), null);
        }

        return [.. tokens.Values];

        void Special(string content, JsonField? field)
        {
            if (tokens.TryGetValue(content, out var known))
            {
                known["special"] = true;
            }
            else if (find(content) is { } id)
            {
                tokens.Add(content, Token(id, content, isSpecial: true, field));
            }
            else if (field is { } named)
            {
                settings.Notes.Add($"{named.File}: {named.Path}: ignored: \"{JsonField.Short(content)}\" is not in the vocabulary");
            }
        }
    }

    /// <summary>added_tokens_decoder of tokenizer_config.json; in older folders added_tokens.json.</summary>
    private static IEnumerable<JsonObject> Listed(FolderSettings settings)
    {
        if (settings.Config.Optional("added_tokens_decoder") is { } decoder)
        {
            foreach (var (key, field) in decoder.Members())
            {
                yield return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    ? Token(id, field.Required("content").String(), field.BoolOr("special", false), field)
                    : throw field.Error($"\"{JsonField.Short(key)}\" as an id", "a whole number");
            }
        }
        else if (FolderSettings.Read(settings.Folder, "added_tokens.json") is { } added)
        {
            foreach (var (content, id) in added.Members())
            {
                yield return Token(id.Int(), content, isSpecial: false, null);
            }
        }
    }

    private static JsonObject Token(int id, string content, bool isSpecial, JsonField? field)
    {
        var flags = field is { Kind: JsonValueKind.Object } ? field : null;
        return new JsonObject
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = flags?.BoolOr("single_word", false) ?? false,
            ["lstrip"] = flags?.BoolOr("lstrip", false) ?? false,
            ["rstrip"] = flags?.BoolOr("rstrip", false) ?? false,
            ["normalized"] = flags?.BoolOr("normalized", !isSpecial) ?? !isSpecial,
            ["special"] = isSpecial,
        };
    }
}
