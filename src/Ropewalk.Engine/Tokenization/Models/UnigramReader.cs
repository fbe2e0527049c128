namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the Unigram model of a tokenizer.json.</summary>
internal static class UnigramReader
{
    /// <summary>How much less an unknown character scores than the worst token.</summary>
    public const double UnknownPenalty = 10;

    public static UnigramModel Read(JsonField model)
    {
        var vocab = model.Required("vocab");
        var vocabulary = new Dictionary<string, int>(vocab.Count, StringComparer.Ordinal);
        var pieces = new List<(string Token, int Id, double Score)>(vocab.Count);
        foreach (var item in vocab.Items())
        {
            if (item.Items().ToArray() is not [var token, var score])
            {
                throw item.Error($"{item.Count} values", "a token and its score");
            }

            if (!vocabulary.TryAdd(token.String(), pieces.Count))
            {
                throw token.Error($"a second token \"{JsonField.Short(token.String())}\"", "each token once");
            }

            pieces.Add((token.String(), pieces.Count, score.Number()));
        }

        if (pieces.Count == 0)
        {
            throw vocab.Error("nothing", "at least one token");
        }

        var unknown = model.Optional("unk_id");
        if (unknown is { } field && (uint)field.Int() >= (uint)pieces.Count)
        {
            throw field.Error($"an id below {pieces.Count}");
        }

        return new UnigramModel(
            new UnigramSettings
            {
                Vocabulary = vocabulary,
                Pieces = [.. pieces.Where(p => p.Token.Length > 0)],
                UnknownScore = pieces.Min(p => p.Score) - UnknownPenalty,
                Unknown = new UnknownToken(unknown?.Int(), model.File, $"{model.Path}.unk_id"),
                ByteIds = model.BoolOr("byte_fallback", false) ? BytePairReader.ByteIds(vocabulary) : null,
            },
            vocab.File,
            vocab.Path);
    }
}
