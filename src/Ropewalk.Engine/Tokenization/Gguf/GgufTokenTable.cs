using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>The tokens of a GGUF file with their types and scores, checked against each other.</summary>
internal sealed class GgufTokenTable
{
    private GgufTokenTable(string[] texts, GgufTokenType[] types, float[]? scores)
    {
        Texts = texts;
        Types = types;
        Scores = scores;
        Ids = new Dictionary<string, int>(texts.Length, StringComparer.Ordinal);
    }

    /// <summary>Texts by id, each once.</summary>
    public string[] Texts { get; }

    /// <summary>Types by id, as llama.cpp takes them: see <see cref="GgufControlNames"/>.</summary>
    public GgufTokenType[] Types { get; }

    /// <summary>Finite scores by id, or null where the file has none.</summary>
    public float[]? Scores { get; }

    /// <summary>Ids by text.</summary>
    public Dictionary<string, int> Ids { get; }

    /// <param name="metadata">The file's metadata.</param>
    /// <param name="maxLength">A longer token is refused.</param>
    /// <param name="embeddingRows">Rows of the embedding, or null where they are not known. As in llama.cpp there must be as
    /// many tokens: who pads the matrix pads the table with unused tokens.</param>
    public static GgufTokenTable Read(GgufMetadata metadata, int maxLength, int? embeddingRows)
    {
        var texts = metadata.OptionalTexts(GgufTokenizerKeys.Tokens) ?? metadata.Missing<string[]>(GgufTokenizerKeys.Tokens, "a list of texts");
        if (texts.Length == 0 || (embeddingRows is { } rows && rows != texts.Length))
        {
            throw new CheckpointFormatException(metadata.File, GgufTokenizerKeys.Tokens, $"{texts.Length} tokens",
                embeddingRows is { } expected ? $"{expected}, one for each row of the embedding" : "at least 1");
        }

        var table = new GgufTokenTable([.. texts], ReadTypes(metadata, texts.Length), ReadScores(metadata, texts.Length));
        for (var id = 0; id < texts.Length; id++)
        {
            table.Check(metadata, id, maxLength);
        }

        return table;
    }

    private void Check(GgufMetadata metadata, int id, int maxLength)
    {
        var field = $"{GgufTokenizerKeys.Tokens}[{id}]";
        if (Texts[id].Length == 0)
        {
            // llama.cpp's name for it: two of them would be the same text.
            Texts[id] = string.Create(CultureInfo.InvariantCulture, $"[EMPTY_{id}]");
        }

        var text = Texts[id];
        if (text.Length > maxLength)
        {
            throw new UnsupportedCheckpointException(metadata.File, field, $"a token of {text.Length} characters", $"at most {maxLength}");
        }

        if (!Ids.TryAdd(text, id))
        {
            throw new CheckpointFormatException(metadata.File, field, $"\"{JsonField.Short(text)}\", which is token {Ids[text]} too", "each token once");
        }

        if (Types[id] == GgufTokenType.Byte && !IsByte(text))
        {
            throw new CheckpointFormatException(metadata.File, field, $"\"{JsonField.Short(text)}\" as a byte", "<0x00> to <0xFF>");
        }

        Types[id] = GgufControlNames.TypeOf(text, Types[id]);
    }

    /// <summary>Whether a text spells one byte.</summary>
    public static bool IsByte(string text) => text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal)
        && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4]) && text[5] == '>';

    private static GgufTokenType[] ReadTypes(GgufMetadata metadata, int count)
    {
        var types = new GgufTokenType[count];
        Array.Fill(types, GgufTokenType.Normal);
        if (metadata.OptionalInts(GgufTokenizerKeys.Types) is { } numbers)
        {
            CheckCount(metadata, GgufTokenizerKeys.Types, numbers.Length, count);
            for (var id = 0; id < count; id++)
            {
                types[id] = Enum.IsDefined((GgufTokenType)numbers[id])
                    ? (GgufTokenType)numbers[id]
                    : throw new CheckpointFormatException(metadata.File, $"{GgufTokenizerKeys.Types}[{id}]", $"{numbers[id]}", "a type from 0 to 6");
            }
        }

        return types;
    }

    private static float[]? ReadScores(GgufMetadata metadata, int count)
    {
        if (!metadata.Has(GgufTokenizerKeys.Scores))
        {
            return null;
        }

        // llama.cpp reads whole numbers too.
        var scores = metadata.TryGet(GgufTokenizerKeys.Scores, out var value) && value is int[] numbers
            ? Array.ConvertAll(numbers, n => (float)n)
            : metadata.OptionalSingles(GgufTokenizerKeys.Scores)!;
        CheckCount(metadata, GgufTokenizerKeys.Scores, scores.Length, count);
        var wrong = Array.FindIndex(scores, s => !float.IsFinite(s));
        return wrong < 0
            ? scores
            : throw new CheckpointFormatException(metadata.File, $"{GgufTokenizerKeys.Scores}[{wrong}]", $"{scores[wrong]}", "a finite number");
    }

    private static void CheckCount(GgufMetadata metadata, string key, int found, int expected)
    {
        if (found != expected)
        {
            throw new CheckpointFormatException(metadata.File, key, $"{found} values", $"{expected}, one for each token");
        }
    }
}
