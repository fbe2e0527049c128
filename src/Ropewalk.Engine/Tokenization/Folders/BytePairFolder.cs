using System.Text.Json.Nodes;

namespace Ropewalk.Engine.Tokenization;

/// <summary>A tokenizer from vocab.json and merges.txt, which say how words become tokens; how a text becomes words is known by the
/// name of the class alone.</summary>
internal static class BytePairFolder
{
    /// <summary>Name of the vocabulary.</summary>
    public const string VocabularyName = "vocab.json";

    /// <summary>Name of the list of merges.</summary>
    public const string MergesName = "merges.txt";

    private const string Classes = "CodeGenTokenizer, GPT2Tokenizer, Qwen2Tokenizer, RobertaTokenizer";

    /// <summary>Whether the class is read from these files.</summary>
    public static bool IsClass(string? name) => name is "CodeGenTokenizer" or "GPT2Tokenizer" or "Qwen2Tokenizer" or "RobertaTokenizer";

    public static Tokenizer Load(FolderSettings settings)
    {
        if (!IsClass(settings.Class))
        {
            throw settings.Unsupported($"{VocabularyName} and {MergesName}", Classes);
        }

        var file = Path.Combine(settings.Folder, VocabularyName);
        var vocab = FolderSettings.Read(settings.Folder, VocabularyName)!.Value;
        var vocabulary = TokenModel.ReadVocabulary(vocab);
        var defaults = Defaults(settings.Class!);
        var json = new JsonObject
        {
            ["added_tokens"] = FolderTokens.Read(settings, defaults, t => vocabulary.TryGetValue(t, out var id) ? id : null),
            ["normalizer"] = settings.Class == "Qwen2Tokenizer" ? new JsonObject { ["type"] = "NFC" } : null,
            ["pre_tokenizer"] = Words(settings),
            ["post_processor"] = Frame(settings, vocabulary),
            ["decoder"] = PreTokenizerStep.ByteLevel(regex: true).ToJson(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocab.ToNode(), ["merges"] = ReadMerges(settings.Folder) },
        };
        return TokenizerReader.Parse(json, $"{file} with {MergesName}", settings.ConfigWith(defaults), settings.Notes);
    }

    private static JsonObject Words(FolderSettings settings)
    {
        var addsSpace = settings.Config.BoolOr("add_prefix_space", false);
        if (settings.Class != "Qwen2Tokenizer")
        {
            return new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = addsSpace, ["use_regex"] = true };
        }

        return new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                PreTokenizerStep.Split(Llama3Scanner.Qwen2Pattern).ToJson(),
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = addsSpace, ["use_regex"] = false }),
        };
    }

    private static JsonObject? Frame(FolderSettings settings, Dictionary<string, int> vocabulary)
    {
        if (settings.Class != "RobertaTokenizer")
        {
            return null;
        }

        var defaults = Defaults(settings.Class);
        return new JsonObject { ["type"] = "RobertaProcessing", ["sep"] = Pair("sep_token"), ["cls"] = Pair("cls_token") };

        JsonArray Pair(string name)
        {
            var content = settings.Token(name)?.Content ?? defaults[name]!.GetValue<string>();
            return [content, vocabulary.TryGetValue(content, out var id) ? id : null];
        }
    }

    /// <summary>Lines "left right", best first; one that starts with #version says nothing.</summary>
    private static JsonArray ReadMerges(string folder)
    {
        var merges = new JsonArray();
        foreach (var line in VocabularyLines.Read(Path.Combine(folder, MergesName)))
        {
            if (line.Length > 0 && !(merges.Count == 0 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                merges.Add((JsonNode)line);
            }
        }

        return merges;
    }

    private static JsonObject Defaults(string name) => name switch
    {
        "Qwen2Tokenizer" => new() { ["eos_token"] = "<|endoftext|>", ["unk_token"] = "<|endoftext|>", ["pad_token"] = "<|endoftext|>" },
        "RobertaTokenizer" => new()
        {
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
            ["sep_token"] = "</s>",
            ["cls_token"] = "<s>",
            ["unk_token"] = "<unk>",
            ["pad_token"] = "<pad>",
            ["mask_token"] = "<mask>",
        },
        _ => new() { ["bos_token"] = "<|endoftext|>", ["eos_token"] = "<|endoftext|>", ["unk_token"] = "<|endoftext|>" },
    };
}
