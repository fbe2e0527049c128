using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Writes the tokenizer of a Hugging Face folder as metadata with which llama.cpp encodes the same.</summary>
/// <remarks>The whole tokenizer.json is kept beside the tables, so that reading the metadata gives the same tokenizer exactly;
/// what llama.cpp will do otherwise is in the notes.</remarks>
public static class GgufTokenizerWriter
{
    /// <summary>Sets the keys of a tokenizer.</summary>
    /// <param name="folder">Folder with tokenizer.json; tokenizer_config.json, config.json, generation_config.json and
    /// chat_template.jinja are read where they are.</param>
    /// <param name="metadata">Receives the keys. Set general.name before: llama.cpp goes by it for Phi-3.</param>
    /// <param name="embeddingRows">Rows of the embedding matrix (vocab_size of config.json), to which the tables are filled up.</param>
    /// <returns>What llama.cpp will do otherwise than the tokenizer; one line each, to be shown.</returns>
    /// <exception cref="CheckpointFormatException">A file is missing, damaged or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">llama.cpp has nothing that does the same.</exception>
    public static IReadOnlyList<string> Write(string folder, GgufMetadata metadata, int? embeddingRows = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var tokenizer = Tokenizer.Load(folder);
        var file = Path.Combine(folder, "tokenizer.json");
        var bytes = TokenizerFile.Read(file);
        using var document = TokenizerFile.Parse(bytes, file);
        var root = JsonField.Root(file, document.RootElement);
        var notes = new List<string>();
        if (tokenizer.Parts.Model is WordPieceModel)
        {
            var count = GgufWordPiece.Write(root, tokenizer, metadata, embeddingRows);
            notes.AddRange(GgufVocabulary.Notes(tokenizer, metadata, file));
            var settings = GgufFolderSettings.Read(folder, tokenizer, count);
            settings.WriteTo(metadata);
            if (settings.Special.Eos is { } separator)
            {
                metadata.Set(GgufTokenizerKeys.Separator, (uint)separator);
            }

            metadata.Set(GgufTokenizerKeys.HuggingFace, Encoding.UTF8.GetString(bytes));
            return notes;
        }

        if (tokenizer.Parts.Model is not BytePairModel { Settings: var model })
        {
            throw root.Required("model").Unsupported("the model in a GGUF file", "BPE, WordPiece");
        }

        if (model.Prefix.Length + model.Suffix.Length > 0)
        {
            throw root.Required("model").Unsupported("affixes of tokens in a GGUF file", "none");
        }

        var steps = PreTokenizerStep.ReadAll(root.Optional("pre_tokenizer")).ToArray();
        var isPieces = !steps.Any(s => s.Type.StartsWith("ByteLevel", StringComparison.Ordinal));
        if (isPieces)
        {
            CheckBytes(root, model);
        }

        var vocabulary = GgufVocabulary.Build(tokenizer, model, isPieces, embeddingRows, file);
        metadata.Set(GgufTokenizerKeys.Model, isPieces ? GgufTokenizerKeys.SentencePiece : GgufTokenizerKeys.ByteLevel);
        metadata.Set(GgufTokenizerKeys.Pre, isPieces ? "default" : Pre(root, steps, model, notes));
        metadata.Set(GgufTokenizerKeys.Tokens, vocabulary.Texts);
        metadata.Set(GgufTokenizerKeys.Types, Array.ConvertAll(vocabulary.Types, t => (int)t));
        if (isPieces)
        {
            metadata.Set(GgufTokenizerKeys.Scores, GgufMergeScores.Build(vocabulary, model.Merges, file, notes));
            metadata.Set(GgufTokenizerKeys.AddSpacePrefix, SentencePieceShape.AddsSpace(root, notes));
        }
        else
        {
            metadata.Set(GgufTokenizerKeys.Merges, Array.ConvertAll(model.Merges, m => MergeText(root, vocabulary, m.Left, m.Right)));
        }

        notes.AddRange(GgufVocabulary.Notes(tokenizer, metadata, file));
        GgufFolderSettings.Read(folder, tokenizer, vocabulary.Texts.Length).WriteTo(metadata);
        metadata.Set(GgufTokenizerKeys.HuggingFace, Encoding.UTF8.GetString(bytes));
        return notes;
    }

    private static string Pre(JsonField root, PreTokenizerStep[] steps, BytePairSettings model, List<string> notes)
    {
        CheckNormalizer(root, notes);
        if (root.Optional("decoder")?.Type() is var decoder and not "ByteLevel")
        {
            throw new UnsupportedCheckpointException(root.File, "decoder", $"{decoder ?? "none"} in a GGUF file", "ByteLevel");
        }

        // Without merges each byte is a token, however the text is cut.
        if (model.Merges.Length == 0 && !model.IgnoreMerges && steps is [{ Type: "ByteLevel" }])
        {
            return "gpt-2";
        }

        return GgufPreTokenizer.NameOf(steps, model.IgnoreMerges)
            ?? throw new UnsupportedCheckpointException(root.File, "pre_tokenizer",
                $"{string.Join(" + ", steps.Select(s => $"{s.Type} {JsonField.Short(s.Detail)}".TrimEnd()))} with ignore_merges {(model.IgnoreMerges ? "true" : "false")} in a GGUF file",
                "the pre-tokenizers that llama.cpp calls " + GgufPreTokenizer.Supported);
    }

    /// <summary>llama.cpp normalises nothing for byte-level tokenizers. NFC leaves nearly all texts as they are.</summary>
    private static void CheckNormalizer(JsonField root, List<string> notes)
    {
        switch (root.Optional("normalizer"))
        {
            case { } field when field.Type() == "NFC":
                notes.Add($"{root.File}: normalizer: NFC: llama.cpp does not normalise, and encodes texts that are not in NFC otherwise");
                break;
            case { } field when field.Type() != "Sequence" || field.Required("normalizers").Count > 0:
                throw field.Unsupported(JsonField.Short(field.Type()) + " with a byte-level tokenizer in a GGUF file", "none, NFC");
            default:
                break;
        }
    }

    /// <summary>llama.cpp writes each character that is no token in bytes, and fails where there are none.</summary>
    private static void CheckBytes(JsonField root, BytePairSettings model)
    {
        if (model.ByteIds is null || model.ByteIds.Contains(-1))
        {
            throw new UnsupportedCheckpointException(root.File, "model", "BPE without ByteLevel and without tokens <0x00> to <0xFF> in a GGUF file",
                "byte-level BPE, or BPE with byte_fallback");
        }
    }

    private static string MergeText(JsonField root, GgufVocabulary vocabulary, int left, int right)
    {
        var (first, second) = (vocabulary.Texts[left], vocabulary.Texts[right]);
        return first.Contains(' ', StringComparison.Ordinal) || second.Contains(' ', StringComparison.Ordinal)
            ? throw new UnsupportedCheckpointException(root.File, "model.merges", $"\"{JsonField.Short(first)}\" and \"{JsonField.Short(second)}\" in a GGUF file", "merges of tokens without spaces")
            : first + " " + second;
    }
}
