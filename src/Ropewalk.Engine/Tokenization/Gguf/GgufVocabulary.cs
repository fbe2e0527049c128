using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>The token and type tables that a GGUF file has for a tokenizer.</summary>
internal sealed record GgufVocabulary(string[] Texts, GgufTokenType[] Types)
{
    private const string Marker = "\u2581";

    /// <param name="tokenizer">What is written.</param>
    /// <param name="model">Its model.</param>
    /// <param name="isPieces">SentencePiece's kind, with an unknown token and tokens for bytes.</param>
    /// <param name="embeddingRows">Rows of the embedding: gaps in the vocabulary and what is missing at its end become unused
    /// tokens [PADi], as llama.cpp's converter names them. Null: as many as there are tokens.</param>
    /// <param name="file">To name in errors.</param>
    public static GgufVocabulary Build(Tokenizer tokenizer, BytePairSettings model, bool isPieces, int? embeddingRows, string file)
    {
        var count = tokenizer.VocabularySize;
        if (embeddingRows < count)
        {
            throw new CheckpointFormatException(file, "model.vocab", $"{count} tokens", $"at most {embeddingRows}, the rows of the embedding");
        }

        var added = tokenizer.Parts.AddedTokens.ToDictionary(t => t.Id);
        var vocabulary = new GgufVocabulary(new string[embeddingRows ?? count], new GgufTokenType[embeddingRows ?? count]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Texts.Length; id++)
        {
            var text = id < count ? tokenizer.TokenText(id) : "";
            var type = TypeOf(id, text, model, isPieces, added);
            text = type switch
            {
                GgufTokenType.Unused => string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"),

                // llama.cpp looks for them in the text as it was given.
                GgufTokenType.UserDefined when isPieces => text.Replace(Marker, " ", StringComparison.Ordinal),
                _ => text,
            };
            if (!seen.Add(text))
            {
                throw new UnsupportedCheckpointException(file, "model.vocab", $"token {id}, which a GGUF file spells \"{JsonField.Short(text)}\" as it does another,", "a spelling of its own for each token");
            }

            vocabulary.Texts[id] = text;
            vocabulary.Types[id] = type;
        }

        return vocabulary;
    }

    /// <summary>What added tokens do that a GGUF file cannot say.</summary>
    public static IEnumerable<string> Notes(Tokenizer tokenizer, GgufMetadata metadata, string file)
    {
        var added = tokenizer.Parts.AddedTokens;
        var byName = GgufTokenizerJson.StripsRight(metadata);
        if (added.Find(t => t.SingleWord || t.LeftStrip || (t.RightStrip && !byName)) is { } odd)
        {
            yield return $"{file}: added_tokens: \"{JsonField.Short(odd.Content)}\" and perhaps others match whole words only or swallow white space, which llama.cpp does not do";
        }

        if (added.Find(t => !t.Special && GgufControlNames.TypeOf(t.Content, GgufTokenType.UserDefined) == GgufTokenType.Control) is { } plain)
        {
            yield return $"{file}: added_tokens: \"{JsonField.Short(plain.Content)}\" and perhaps others are not special, but by their names are to llama.cpp";
        }

        if (tokenizer.Parts.Normalizer is { } normalizer && added.Find(t => t.Normalized && normalizer.Normalize(t.Content) != t.Content) is { } normalized)
        {
            yield return $"{file}: added_tokens: \"{JsonField.Short(normalized.Content)}\" and perhaps others are looked for in the normalised text, by llama.cpp in the given one";
        }
    }

    private static GgufTokenType TypeOf(int id, string text, BytePairSettings model, bool isPieces, Dictionary<int, AddedToken> added) =>
        text.Length == 0 ? GgufTokenType.Unused
        : isPieces && id == model.Unknown ? GgufTokenType.Unknown
        : isPieces && model.ByteIds!.Contains(id) ? GgufTokenType.Byte
        : !added.TryGetValue(id, out var token) ? GgufTokenType.Normal
        : token.Special ? GgufTokenType.Control : GgufTokenType.UserDefined;
}
