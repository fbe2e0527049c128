using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the tokenizer of a folder from whichever files it has: tokenizer.json before all others, which say less.</summary>
internal static class TokenizerFolder
{
    private const string JsonName = "tokenizer.json";

    /// <summary>The files of a folder that say which tokens there are and what a text becomes.</summary>
    public static IEnumerable<string> Files(string folder)
    {
        string[] names = File.Exists(Path.Combine(folder, JsonName))
            ? [JsonName]
            : [SentencePieceFolder.ModelName, BytePairFolder.VocabularyName, BytePairFolder.MergesName, WordPieceFolder.VocabularyName,
               "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];
        return names.Select(n => Path.Combine(folder, n)).Where(File.Exists);
    }

    public static Tokenizer Load(string folder)
    {
        bool Has(string name) => File.Exists(Path.Combine(folder, name));

        var file = Path.Combine(folder, JsonName);
        if (Has(JsonName))
        {
            return TokenizerReader.Parse(TokenizerFile.Read(file), file, FolderSettings.Read(folder, "tokenizer_config.json"));
        }

        var hasMerges = Has(BytePairFolder.VocabularyName) && Has(BytePairFolder.MergesName);
        var hasPieces = Has(SentencePieceFolder.ModelName);
        if (!hasMerges && !hasPieces && !Has(WordPieceFolder.VocabularyName))
        {
            throw new CheckpointFormatException(file, "file", "nothing",
                $"a Hugging Face {JsonName}, or {SentencePieceFolder.ModelName}, {BytePairFolder.VocabularyName} with {BytePairFolder.MergesName}, or {WordPieceFolder.VocabularyName}");
        }

        var settings = FolderSettings.Read(folder);
        return hasMerges && (BytePairFolder.IsClass(settings.Class) || !hasPieces) ? BytePairFolder.Load(settings)
            : hasPieces ? SentencePieceFolder.Load(settings)
            : WordPieceFolder.Load(settings);
    }
}
