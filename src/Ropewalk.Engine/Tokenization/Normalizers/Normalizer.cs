namespace Ropewalk.Engine.Tokenization;

/// <summary>Rewrites text before it is cut into words.</summary>
internal abstract class Normalizer
{
    private const string Supported =
        "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents";

    public abstract string Normalize(string text);

    /// <summary>What an added token is looked for as, in normalised text.</summary>
    public virtual string NormalizeToken(string content) => Normalize(content);

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
