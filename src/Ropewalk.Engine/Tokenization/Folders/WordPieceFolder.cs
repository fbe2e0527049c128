using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>BERT's tokenizer from vocab.txt, a token a line.</summary>
internal static class WordPieceFolder
{
    /// <summary>Name of the vocabulary.</summary>
    public const string VocabularyName = "vocab.txt";

    private static readonly JsonObject Defaults = new()
    {
        ["unk_token"] = "[UNK]",
        ["sep_token"] = "[SEP]",
        ["pad_token"] = "[PAD]",
        ["cls_token"] = "[CLS]",
        ["mask_token"] = "[MASK]",
    };

    public static Tokenizer Load(FolderSettings settings)
    {
        if (settings.Class is not ("BertTokenizer" or "DistilBertTokenizer" or "ElectraTokenizer"))
        {
            throw settings.Unsupported(VocabularyName, "BertTokenizer, DistilBertTokenizer, ElectraTokenizer");
        }

        var config = settings.Config;
        if (!config.BoolOr("do_basic_tokenize", true))
        {
            throw config.Optional("do_basic_tokenize")!.Value.Unsupported("false", "true");
        }

        var file = Path.Combine(settings.Folder, VocabularyName);
        var vocabulary = Read(file);
        string Name(string token) => settings.Token(token)?.Content ?? Defaults[token]!.GetValue<string>();
        int Id(string token) => vocabulary[Name(token)]?.GetValue<int>()
            ?? throw new CheckpointFormatException(file, token, $"\"{JsonField.Short(Name(token))}\" in no line", "a token of the vocabulary");

        var lowercase = config.BoolOr("do_lower_case", true);
        var json = new JsonObject
        {
            ["added_tokens"] = FolderTokens.Read(settings, Defaults, t => vocabulary[t]?.GetValue<int>()),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = config.BoolOr("tokenize_chinese_chars", true),
                ["strip_accents"] = config.BoolOr("strip_accents", lowercase),
                ["lowercase"] = lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "BertProcessing",
                ["sep"] = new JsonArray(Name("sep_token"), Id("sep_token")),
                ["cls"] = new JsonArray(Name("cls_token"), Id("cls_token")),
            },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject { ["type"] = "WordPiece", ["unk_token"] = Name("unk_token"), ["vocab"] = vocabulary },
        };
        return TokenizerReader.Parse(json, file, settings.ConfigWith([]), settings.Notes);
    }

    private static JsonObject Read(string file)
    {
        var vocabulary = new JsonObject();
        foreach (var line in VocabularyLines.Read(file))
        {
            if (!vocabulary.TryAdd(line, JsonValue.Create(vocabulary.Count)))
            {
                throw new CheckpointFormatException(file, $"line {vocabulary.Count + 1}", $"a second token \"{JsonField.Short(line)}\"", "each token once");
            }
        }

        return vocabulary;
    }
}
