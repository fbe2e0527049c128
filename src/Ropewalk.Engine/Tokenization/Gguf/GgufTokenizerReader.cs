using System.Text;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Makes a tokenizer from the metadata of a GGUF file, by way of the tokenizer.json that says the same.</summary>
public static class GgufTokenizerReader
{
    /// <summary>Longer tokens of a SentencePiece table are refused: each is cut in each place, which costs length squared.</summary>
    private const int MaxPieceLength = 256;

    /// <summary>Reads the tokenizer. An embedded tokenizer.json is taken where there is one; it must agree with the tables.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="embeddingRows">Rows of the embedding matrix, where known: there must be as many tokens.</param>
    /// <exception cref="CheckpointFormatException">A table is missing, damaged or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">The kind of tokenizer or of pre-tokenizer is not one of ours.</exception>
    public static GgufTokenizer Read(GgufMetadata metadata, int? embeddingRows = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var model = metadata.RequiredText(GgufTokenizerKeys.Model);
        if (model is not (GgufTokenizerKeys.SentencePiece or GgufTokenizerKeys.ByteLevel or GgufTokenizerKeys.WordPiece))
        {
            throw new UnsupportedCheckpointException(metadata.File, GgufTokenizerKeys.Model, $"the tokenizer \"{JsonField.Short(model)}\"",
                $"{GgufTokenizerKeys.SentencePiece}, {GgufTokenizerKeys.ByteLevel}, {GgufTokenizerKeys.WordPiece}");
        }

        var isPieces = model == GgufTokenizerKeys.SentencePiece;
        var isWords = model == GgufTokenizerKeys.WordPiece;
        var table = GgufTokenTable.Read(metadata, isPieces ? MaxPieceLength : AddedToken.MaxLength, embeddingRows);
        if (isWords)
        {
            GgufWordPiece.Respell(metadata, table);
        }

        var embedded = metadata.OptionalText(GgufTokenizerKeys.HuggingFace);
        var pre = isPieces || isWords ? null : ReadPre(metadata, isRequired: embedded is null);
        var special = isWords
            ? GgufWordPiece.Special(metadata, table.Texts.Length)
            : GgufSpecialTokens.Read(metadata, table.Texts.Length, isPieces, pre?.AddsBos ?? isPieces);
        var chatTemplate = metadata.OptionalText(GgufTokenizerKeys.ChatTemplate);
        var config = Utf8(special.ToConfig(table.Texts, isPieces, chatTemplate));
        var file = metadata.File;
        byte[] json;
        if (embedded is not null)
        {
            file += ": " + GgufTokenizerKeys.HuggingFace;
            json = Encoding.UTF8.GetBytes(embedded);
        }
        else
        {
            var parts = isPieces ? GgufTokenizerJson.Pieces(metadata, table, special)
                : isWords ? GgufWordPiece.Parts(metadata, table, special)
                : GgufTokenizerJson.ByteLevel(metadata, table, pre!);
            json = Utf8(GgufTokenizerJson.Build(metadata, table, special, parts));
        }

        using var document = TokenizerFile.Parse(config, file);
        var tokenizer = TokenizerReader.Parse(json, file, JsonField.Root(file, document.RootElement));
        if (embedded is not null)
        {
            tokenizer = tokenizer.Within(table.Texts.Length, GgufTokenizerKeys.Tokens);
            Compare(tokenizer, table, file);
        }

        IEnumerable<string> notes = isPieces || embedded is not null || metadata.Has(GgufTokenizerKeys.Pre)
            ? []
            : [$"{file}: {GgufTokenizerKeys.Pre}: absent: words are cut by llama.cpp's default rule, which is perhaps not the model's"];
        return new GgufTokenizer
        {
            Tokenizer = tokenizer,
            TokenizerJson = json,
            TokenizerConfigJson = config,
            ChatTemplate = chatTemplate,
            Notes = [.. notes, .. tokenizer.Notes],
        };
    }

    /// <summary>A file without the key is older than the key; llama.cpp takes "default" there, and so do we.</summary>
    private static GgufPreTokenizer? ReadPre(GgufMetadata metadata, bool isRequired)
    {
        var name = metadata.OptionalText(GgufTokenizerKeys.Pre) ?? "default";
        var pre = GgufPreTokenizer.Find(name);
        return pre is not null || !isRequired
            ? pre
            : throw new UnsupportedCheckpointException(
                metadata.File, GgufTokenizerKeys.Pre, $"the pre-tokenizer \"{JsonField.Short(name)}\"", GgufPreTokenizer.Supported);
    }

    /// <summary>Checks an embedded tokenizer.json: it may leave out the unused tokens at the end, and must have the others' texts
    /// (of plain tokens only: converters rewrite spaces in added ones).</summary>
    private static void Compare(Tokenizer tokenizer, GgufTokenTable table, string file)
    {
        var used = Array.FindLastIndex(table.Types, t => t != GgufTokenType.Unused) + 1;
        if (tokenizer.VocabularySize < used || tokenizer.VocabularySize > table.Texts.Length)
        {
            throw new CheckpointFormatException(file, "model.vocab", $"{tokenizer.VocabularySize} tokens",
                $"{used} to {table.Texts.Length}, as {GgufTokenizerKeys.Tokens} has");
        }

        for (var id = 0; id < used; id++)
        {
            if (table.Types[id] == GgufTokenType.Normal && tokenizer.TokenText(id) != table.Texts[id])
            {
                throw new CheckpointFormatException(file, "model.vocab", $"\"{JsonField.Short(tokenizer.TokenText(id))}\" as token {id}",
                    $"\"{JsonField.Short(table.Texts[id])}\", as {GgufTokenizerKeys.Tokens} has");
            }
        }
    }

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(GgufTokenizerJson.Options));
}
