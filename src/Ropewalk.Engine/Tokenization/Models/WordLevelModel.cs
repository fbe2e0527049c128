namespace Ropewalk.Engine.Tokenization;

/// <summary>Each word is a token or unknown.</summary>
internal sealed class WordLevelModel(Dictionary<string, int> vocabulary, UnknownToken unknown) : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _tokens = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    /// <summary>Reads the model of a tokenizer.json.</summary>
    public static WordLevelModel ReadWordLevel(JsonField model)
    {
        var vocabulary = ReadVocabulary(model.Required("vocab"));
        return new WordLevelModel(vocabulary, UnknownToken.Read(model, "<unk>", vocabulary));
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, List<int> ids) =>
        ids.Add(_tokens.TryGetValue(word, out var id) ? id : unknown.Id);
}
