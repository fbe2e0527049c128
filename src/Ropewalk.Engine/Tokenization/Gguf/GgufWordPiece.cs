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

    /// <summary>Writes the tables of a tokenizer.</summary>
    /// <returns>Tokens written.</returns>
    /// <exception cref="UnsupportedCheckpointException">llama.cpp has nothing that does the same.</exception>
    public static int Write(JsonField root, Tokenizer tokenizer, GgufMetadata metadata, int? embeddingRows)
    {
        if (root.Optional("normalizer") is not { } normalizer || normalizer.Type() != "BertNormalizer" || root.Optional("pre_tokenizer")?.Type() != "BertPreTokenizer")
        {
            throw root.Required("model").Unsupported("WordPiece with another normalizer or pre-tokenizer in a GGUF file", "BertNormalizer and BertPreTokenizer");
        }

        if (root.Required("model").Optional("continuing_subword_prefix")?.String() is not (null or Continuation))
        {
            throw root.Required("model").Unsupported("another prefix of tokens that go on in a GGUF file", Continuation);
        }

        var count = tokenizer.VocabularySize;
        if (embeddingRows < count)
        {
            throw new CheckpointFormatException(root.File, "model.vocab", $"{count} tokens", $"at most {embeddingRows}, the rows of the embedding");
        }

        var added = tokenizer.Parts.AddedTokens.ToDictionary(t => t.Id);
        var texts = new string[embeddingRows ?? count];
        var types = new int[texts.Length];
        for (var id = 0; id < texts.Length; id++)
        {
            var text = id < count ? tokenizer.TokenText(id) : "";
            var type = text.Length == 0 ? GgufTokenType.Unused
                : !added.TryGetValue(id, out var token) ? GgufTokenType.Normal
                : token.Special ? GgufTokenType.Control : GgufTokenType.UserDefined;
            types[id] = (int)type;
            texts[id] = type == GgufTokenType.Unused ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[PAD{id}]")
                : type != GgufTokenType.Normal ? text
                : text.StartsWith(Continuation, StringComparison.Ordinal) ? text[Continuation.Length..] : Marker + text;
        }

        metadata.Set(GgufTokenizerKeys.Model, GgufTokenizerKeys.WordPiece);
        metadata.Set(GgufTokenizerKeys.Pre, "default");
        metadata.Set(GgufTokenizerKeys.Tokens, texts);
        metadata.Set(GgufTokenizerKeys.Types, types);
        var lowercase = normalizer.BoolOr("lowercase", true);
        metadata.Set(GgufTokenizerKeys.Lowercase, lowercase);
        metadata.Set(GgufTokenizerKeys.StripAccents, normalizer.BoolOr("strip_accents", lowercase));
        return texts.Length;
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
