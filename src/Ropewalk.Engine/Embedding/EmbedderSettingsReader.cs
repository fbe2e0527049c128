using System.Collections.Immutable;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Engine.Embedding;

/// <summary>Reads what sentence-transformers writes beside a transformer (modules.json, the pooling's config.json, prompts, max_seq_length), and the
/// pooling type of a GGUF file. Without any of it the answer is that nothing is known.</summary>
public static class EmbedderSettingsReader
{
    /// <summary>List of a folder's modules.</summary>
    public const string ModulesName = "modules.json";

    /// <summary>What the types of modules begin with.</summary>
    internal const string Prefix = "sentence_transformers.models.";

    private const string PromptsName = "config_sentence_transformers.json";

    private static readonly (string Key, Pooling Pooling)[] s_modes =
    [
        ("pooling_mode_mean_tokens", Pooling.Mean),
        ("pooling_mode_cls_token", Pooling.Cls),
        ("pooling_mode_lasttoken", Pooling.Last),
        ("pooling_mode_max_tokens", Pooling.Max),
        ("pooling_mode_weightedmean_tokens", Pooling.WeightedMean),
    ];

    /// <summary>The pooling's keys.</summary>
    internal static IEnumerable<(string Key, Pooling Pooling)> Modes => s_modes;

    /// <summary>Reads a folder or a GGUF file.</summary>
    /// <exception cref="CheckpointFormatException">A file is damaged, or two contradict each other.</exception>
    /// <exception cref="UnsupportedCheckpointException">A module is not run here.</exception>
    public static EmbedderSettings Read(string path)
    {
        if (File.Exists(path))
        {
            using var checkpoint = GgufCheckpoint.Open(path);
            return Read(checkpoint);
        }

        var list = Path.Combine(path, ModulesName);
        return Path.Exists(list) ? ReadModules(path, list) : new EmbedderSettings { ModelPath = path, PoolingSource = path };
    }

    /// <summary>Files that decide what vectors are, beside the transformer's weights, its config and what <see cref="Tokenizer.Files"/> names: a job that records
    /// their hashes notices that it is continued with other ones. In a fixed order, each once; none for a GGUF file.</summary>
    /// <param name="path">As <see cref="Read(string)"/> takes it.</param>
    public static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return [];
        }

        var transformer = Read(path).ModelPath;
        var modules = Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal).Where(d => d != transformer).Select(d => Path.Combine(d, CheckpointFolder.ConfigName));
        string[] files =
        [
            .. ((string[])[ModulesName, PromptsName, EmbedderSettingsWriter.LimitName]).Select(n => Path.Combine(path, n)),
            .. modules,
            .. ((string[])[EmbedderSettingsWriter.LimitName, "tokenizer_config.json"]).Select(n => Path.Combine(transformer, n)),
        ];
        return files.Distinct(StringComparer.Ordinal).Except(Tokenizer.Files(transformer), StringComparer.Ordinal).Where(File.Exists);
    }

    /// <summary>Reads an open GGUF file.</summary>
    /// <exception cref="CheckpointFormatException">Its pooling type is no number that there is.</exception>
    /// <exception cref="UnsupportedCheckpointException">It is a reranker's.</exception>
    public static EmbedderSettings Read(GgufCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var metadata = checkpoint.Metadata;
        var key = $"{metadata.RequiredText("general.architecture")}.{GgufConfigWriter.PoolingType}";
        Pooling? pooling = metadata.OptionalInt(key, 0, int.MaxValue) switch
        {
            null or 0 => null,
            1 => Pooling.Mean,
            2 => Pooling.Cls,
            3 => Pooling.Last,
            4 => throw new UnsupportedCheckpointException(metadata.File, key, "4, a reranker", "1 (mean), 2 (cls), 3 (last)"),
            var other => throw new CheckpointFormatException(metadata.File, key, $"{other}", "1 (mean), 2 (cls), 3 (last)"),
        };

        // llama.cpp's own tools always normalise.
        return new EmbedderSettings { ModelPath = checkpoint.Location, PoolingSource = metadata.File, Pooling = pooling, Normalizes = true };
    }

    private static EmbedderSettings ReadModules(string folder, string list)
    {
        var root = JsonFile.Read(list);
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() == 0)
        {
            throw new CheckpointFormatException(list, "content", "no list of modules", "a list that begins with a Transformer");
        }

        var settings = new EmbedderSettings { ModelPath = folder, PoolingSource = folder };
        var index = 0;
        foreach (var item in root.EnumerateArray())
        {
            var fields = new ConfigFields(item, list, $"[{index}].");
            var (type, path) = (fields.RequiredString("type"), Inside(fields, folder));
            var name = type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type;
            settings = (index, name) switch
            {
                (0, "Transformer") => ReadTransformer(settings, path),
                ( > 0, "Pooling") => settings.Pooling is null ? ReadPooling(settings, Path.Combine(path, CheckpointFolder.ConfigName)) : throw new UnsupportedCheckpointException(list, $"[{index}].type", "a second Pooling", "one"),
                ( > 0, "Normalize") => settings with { Normalizes = true },
                _ => throw new UnsupportedCheckpointException(list, $"[{index}].type", $"\"{Printable.OneLine(type, 80)}\"", "Transformer first, then Pooling, then Normalize"),
            };
            index++;
        }

        return ReadPrompts(settings, Path.Combine(folder, PromptsName));
    }

    /// <summary>A module's folder: the folder itself or one in it, never one elsewhere.</summary>
    private static string Inside(ConfigFields fields, string folder)
    {
        var path = fields.OptionalString("path") ?? "";
        if (path.Length > 0 && !PlainFileName.IsPlain(path))
        {
            fields.Throw("path", $"\"{Printable.OneLine(path, 80)}\"", "the plain name of a folder beside modules.json, or nothing");
        }

        return path.Length == 0 ? folder : Path.Combine(folder, path);
    }

    private static EmbedderSettings ReadTransformer(EmbedderSettings settings, string path)
    {
        var file = Path.Combine(path, EmbedderSettingsWriter.LimitName);
        if (!Path.Exists(file))
        {
            return settings with { ModelPath = path };
        }

        var fields = new ConfigFields(JsonFile.Read(file), file);
        if (fields.OptionalBool("do_lower_case") == true)
        {
            throw new UnsupportedCheckpointException(file, "do_lower_case", "true", "false: the tokenizer's own normalizer says whether letters are made small");
        }

        return settings with { ModelPath = path, MaxTokens = fields.OptionalInt("max_seq_length", 1, int.MaxValue), MaxTokensSource = file };
    }

    private static EmbedderSettings ReadPooling(EmbedderSettings settings, string file)
    {
        if (!Path.Exists(file))
        {
            throw new CheckpointFormatException(file, "file", "nothing there", "the pooling's config, as modules.json says");
        }

        var fields = new ConfigFields(JsonFile.Read(file), file);
        foreach (var name in fields.Names.Where(n => n.StartsWith("pooling_mode_", StringComparison.Ordinal) && fields.OptionalBool(n) == true && !Array.Exists(s_modes, m => m.Key == n)))
        {
            throw new UnsupportedCheckpointException(file, name, "true", string.Join(", ", s_modes.Select(m => m.Key)));
        }

        var modes = s_modes.Where(m => fields.OptionalBool(m.Key) == true).ToArray();
        if (modes.Length > 1)
        {
            throw new UnsupportedCheckpointException(file, modes[1].Key, $"true beside {modes[0].Key}", "one mode: vectors of several are not put together");
        }

        if (modes.Length == 0)
        {
            throw new CheckpointFormatException(file, "pooling_mode", "no mode that is true", $"one of {string.Join(", ", s_modes.Select(m => m.Key))}");
        }

        return settings with
        {
            Pooling = modes[0].Pooling,
            PoolingSource = file,
            Width = fields.OptionalInt("word_embedding_dimension", 1, 1 << 20),
            IncludesPrompt = fields.OptionalBool("include_prompt") ?? true,
        };
    }

    private static EmbedderSettings ReadPrompts(EmbedderSettings settings, string file)
    {
        if (!Path.Exists(file))
        {
            return settings;
        }

        var fields = new ConfigFields(JsonFile.Read(file), file);
        var prompts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (fields.TryGet("prompts", out var named))
        {
            var list = new ConfigFields(named, file, "prompts.");
            foreach (var name in list.Names)
            {
                prompts[name] = list.RequiredString(name);
            }
        }

        var byDefault = fields.OptionalString("default_prompt_name");
        if (byDefault is not null && !prompts.ContainsKey(byDefault))
        {
            fields.Throw("default_prompt_name", $"\"{Printable.OneLine(byDefault, 60)}\"", prompts.Count == 0 ? "no name, as there are no prompts" : string.Join(", ", prompts.Keys));
        }

        return settings with { Prompts = prompts.ToImmutable(), DefaultPrompt = byDefault };
    }
}
