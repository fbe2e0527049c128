namespace Ropewalk.Engine.Tokenization;

/// <summary>Turns one word into token ids. Safe for concurrent use.</summary>
internal abstract class TokenModel
{
    private const string Supported = "BPE, Unigram, WordLevel, WordPiece";

    /// <summary>The model's own tokens, without added ones.</summary>
    public abstract IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Appends the ids of <paramref name="word"/>, which is well-formed and not empty.</summary>
    public abstract void Encode(ReadOnlySpan<char> word, List<int> ids);

    /// <summary>Whether encoding a text as one word can differ from encoding its parts on both sides of a place between two characters.</summary>
    public virtual bool MayJoin(char left, char right) => true;

    /// <summary>Reads a model; a new kind is one line here and one file.</summary>
    public static TokenModel Read(JsonField field, List<string> notes)
    {
        var type = field.Optional("type")?.String() ?? Guess(field);
        return type switch
        {
            "BPE" => BytePairReader.Read(field, notes),
            "Unigram" => UnigramReader.Read(field),
            "WordLevel" => WordLevelModel.ReadWordLevel(field),
            "WordPiece" => WordPieceModel.ReadWordPiece(field),
            _ => throw field.Unsupported("the model " + JsonField.Short(type), Supported),
        };
    }

    /// <summary>Files from before 2020 name no type; each has something that the others have not.</summary>
    private static string Guess(JsonField field) =>
        field.Optional("merges") is not null ? "BPE"
        : field.Optional("continuing_subword_prefix") is not null ? "WordPiece"
        : field.Optional("vocab")?.Kind == System.Text.Json.JsonValueKind.Array ? "Unigram"
        : "without type";

    /// <summary>Reads a vocab object: token to id, each id once.</summary>
    public static Dictionary<string, int> ReadVocabulary(JsonField vocab)
    {
        var ids = new Dictionary<string, int>(vocab.Count, StringComparer.Ordinal);
        var seen = new HashSet<int>(vocab.Count);
        foreach (var (token, field) in vocab.Members())
        {
            var id = field.Int();
            if (id < 0)
            {
                throw field.Error("an id of 0 or more");
            }

            if (!seen.Add(id))
            {
                throw field.Error($"the id {id}, which another token has", "an id of its own");
            }

            ids.Add(token, id);
        }

        return ids;
    }
}
