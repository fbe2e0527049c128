using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>BERT's tokenizer in a GGUF file: a word's first token has U+2581 before it, and one that goes on has no mark, where
/// Hugging Face's files mark the latter.</summary>
/// <remarks>Unlike llama.cpp, which looks for U+2581 in the text like for any other character, this takes it for a character that no
/// token can write.</remarks>
internal static class GgufWordPiece
{
    private const char Marker = '\u2581';
    private const string Continuation = "##";

    /// <summary>Spells the tokens of a table as Hugging Face does.</summary>
    public static void Respell(GgufMetadata metadata, GgufTokenTable table)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < table.Texts.Length; id++)
        {
            var text = table.Texts[id];
            var isText = table.Types[id] is GgufTokenType.Normal or GgufTokenType.Undefined;
            text = !isText ? text : text[0] == Marker ? text[1..] : Continuation + text;
            if (!seen.TryAdd(text, id))
            {
                throw new CheckpointFormatException(metadata.File, $"{GgufTokenizerKeys.Tokens}[{id}]",
                    $"\"{JsonField.Short(table.Texts[id])}\", which reads as token {seen[text]} does", "each token once");
            }

            table.Texts[id] = text;
        }
    }

    /// <summary>What is put around a text: the ids are BERT's own where the file is silent.</summary>
    public static GgufSpecialTokens Special(GgufMetadata metadata, int count)
    {
        int Id(string key, int absent) => metadata.OptionalInt(key, 0, count - 1)
            ?? (absent < count ? absent : metadata.Missing<int>(key, "the id of a token"));

        return new GgufSpecialTokens
        {
            Bos = Id(GgufTokenizerKeys.Bos, 101),
            Eos = Id(GgufTokenizerKeys.Separator, 102),
            Unknown = Id(GgufTokenizerKeys.Unknown, 100),
            Padding = metadata.OptionalInt(GgufTokenizerKeys.Padding, 0, count - 1),
            AddsBos = true,
            AddsEos = true,
        };
    }

    /// <summary>The parts of the tokenizer.json.</summary>
    public static JsonObject Parts(GgufMetadata metadata, GgufTokenTable table, GgufSpecialTokens special)
    {
        var lowercase = metadata.OptionalBool(GgufTokenizerKeys.Lowercase) ?? true;
        return new JsonObject
        {
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = true,
                ["strip_accents"] = metadata.OptionalBool(GgufTokenizerKeys.StripAccents) ?? lowercase,
                ["lowercase"] = lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = Continuation, ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = table.Texts[special.Unknown!.Value],
                ["continuing_subword_prefix"] = Continuation,

                // llama.cpp knows no limit.
                ["max_input_chars_per_word"] = int.MaxValue,
                ["vocab"] = null,
            },
        };
    }
}
