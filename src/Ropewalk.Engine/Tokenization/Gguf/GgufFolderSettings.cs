using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Tokenization.Chat;

namespace Ropewalk.Engine.Tokenization;

/// <summary>What a Hugging Face folder says of special tokens and dialogue, as a GGUF file has it.</summary>
/// <param name="Special">The tokens. Where tokenizer_config.json does not name one, config.json and then
/// generation_config.json count; of several tokens that end a text the first is taken.</param>
/// <param name="EndOfTurn">The token that is named as the end, where each text ends with another (Qwen3-Embedding): that one is the end to llama.cpp.</param>
/// <param name="ChatTemplate">The template, or null.</param>
internal sealed record GgufFolderSettings(GgufSpecialTokens Special, int? EndOfTurn, string? ChatTemplate)
{
    public static GgufFolderSettings Read(string folder, Tokenizer tokenizer, int count)
    {
        var config = Fields(folder, "tokenizer_config.json");
        ConfigFields[] models = [.. new[] { "config.json", "generation_config.json" }.Select(n => Fields(folder, n)).OfType<ConfigFields>()];
        var frame = tokenizer.Parts.Frame;
        var bos = tokenizer.BosToken ?? Id(models, "bos_token_id", count);
        var eos = tokenizer.EosToken ?? Id(models, "eos_token_id", count);
        var special = new GgufSpecialTokens
        {
            Bos = Around(folder, frame.Prefix, bos, "begins", tokenizer),
            Eos = frame.Suffix is [var end] ? end : Around(folder, frame.Suffix, eos, "ends", tokenizer),
            Unknown = Named(config, "unk_token", tokenizer) ?? (tokenizer.Parts.Model as BytePairModel)?.Settings.Unknown,
            Padding = Named(config, "pad_token", tokenizer) ?? Id(models, "pad_token_id", count),
            AddsBos = frame.Prefix.Length > 0,
            AddsEos = frame.Suffix.Length > 0,
        };
        return new GgufFolderSettings(special, eos != special.Eos ? eos : null, ChatTemplateFiles.OfFolder(folder).Templates.GetValueOrDefault(ChatTemplateFiles.Default)?.Text);
    }

    public void WriteTo(GgufMetadata metadata)
    {
        foreach (var (key, id) in new[]
        {
            (GgufTokenizerKeys.Bos, Special.Bos), (GgufTokenizerKeys.Eos, Special.Eos), (GgufTokenizerKeys.EndOfTurn, EndOfTurn),
            (GgufTokenizerKeys.Unknown, Special.Unknown), (GgufTokenizerKeys.Padding, Special.Padding),
        })
        {
            if (id is { } known)
            {
                metadata.Set(key, (uint)known);
            }
        }

        metadata.Set(GgufTokenizerKeys.AddBos, Special.AddsBos);
        metadata.Set(GgufTokenizerKeys.AddEos, Special.AddsEos);
        if (ChatTemplate is not null)
        {
            metadata.Set(GgufTokenizerKeys.ChatTemplate, ChatTemplate);
        }
    }

    /// <summary>The one token that is put at an end of each text; llama.cpp can put only that which begins or ends one.</summary>
    private static int? Around(string folder, int[] put, int? named, string verb, Tokenizer tokenizer) => put switch
    {
        [] => named,
        [var only] when named is null || only == named => only,
        _ => throw new UnsupportedCheckpointException(Path.Combine(folder, "tokenizer.json"), "post_processor",
            $"a text that {verb} with {JsonField.Short(string.Concat(put.Select(tokenizer.TokenText)))} in a GGUF file",
            named is { } id ? $"one that {verb} with {JsonField.Short(tokenizer.TokenText(id))} or nothing" : "one token at most"),
    };

    /// <summary>A number of config.json; -1 and the like mean none there.</summary>
    private static int? Id(ConfigFields[] models, string name, int count)
    {
        var ids = models.Select(m => m.OptionalIntOrList(name, int.MinValue, int.MaxValue)).OfType<int[]>();
        return ids.Select(list => list is [var first, ..] && first >= 0 && first < count ? first : (int?)null).FirstOrDefault(i => i is not null);
    }

    private static int? Named(ConfigFields? config, string name, Tokenizer tokenizer)
    {
        if (config is null || !config.TryGet(name, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.Object ? config.OptionalObject(name)!.RequiredString("content") : config.RequiredString(name);
        return tokenizer.TokenId(text);
    }

    private static ConfigFields? Fields(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? new ConfigFields(JsonFile.Read(path), path) : null;
    }
}
