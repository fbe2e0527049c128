namespace Ropewalk.Engine.Tokenization;

/// <summary>Rewrites text before it is cut into words.</summary>
internal abstract class Normalizer
{
    private const string Supported =
        "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents";

    public abstract string Normalize(string text);

    /// <summary>What an added token is looked for as, in normalised text.</summary>
    public virtual string NormalizeToken(string content) => Normalize(content);

    /// <summary>Whether a text can be cut between two characters, one of which is white space: then the parts, normalised by this and
    /// by <see cref="Rest"/>, are the whole normalised, and white space and line breaks stay what they are.</summary>
    public virtual bool CutsAt(char before, char after) => false;

    /// <summary>The normalizer for what follows a cut, or null where nothing is to be done.</summary>
    public virtual Normalizer? Rest => this;

    /// <summary>Whether an added token can come about only from the same characters in the raw text, but for markers of spaces.</summary>
    public virtual bool KeepsTokens => false;

    /// <summary>Reads a normalizer; a new kind is one line here and one file.</summary>
    public static Normalizer Read(JsonField field) => field.Type() switch
    {
        "BertNormalizer" => BertNormalizer.ReadBert(field),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Lowercase" => new LowercaseNormalizer(),
        "NFC" => new UnicodeNormalizer(compatibility: false, compose: true),
        "NFD" => new UnicodeNormalizer(compatibility: false, compose: false),
        "NFKC" => new UnicodeNormalizer(compatibility: true, compose: true),
        "NFKD" => new UnicodeNormalizer(compatibility: true, compose: false),
        "Nmt" => new NmtNormalizer(),
        "Precompiled" => PrecompiledNormalizer.ReadPrecompiled(field),
        "Prepend" => new PrependNormalizer(field.Required("prepend").String()),
        "Replace" => new ReplaceNormalizer(PatternScanner.Read(field.Required("pattern")), field.Required("content").String()),
        "Sequence" => new SequenceNormalizer([.. field.Required("normalizers").Items().Select(Read)]),
        "Strip" => new StripNormalizer(field.BoolOr("strip_left", true), field.BoolOr("strip_right", true)),
        "StripAccents" => new StripAccentsNormalizer(),
        var type => throw field.Unsupported("the normalizer " + JsonField.Short(type), Supported),
    };
}
