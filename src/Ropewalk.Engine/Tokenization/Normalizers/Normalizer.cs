namespace Ropewalk.Engine.Tokenization;

/// <summary>Rewrites text before it is cut into words.</summary>
internal abstract class Normalizer
{
    private const string Supported = "Lowercase, NFC, NFD, NFKC, NFKD, Prepend, Replace, Sequence, Strip";

    public abstract string Normalize(string text);

    /// <summary>Reads a normalizer; a new kind is one line here and one file.</summary>
    public static Normalizer Read(JsonField field) => field.Type() switch
    {
        "Lowercase" => new LowercaseNormalizer(),
        "NFC" => new UnicodeNormalizer(compatibility: false, compose: true),
        "NFD" => new UnicodeNormalizer(compatibility: false, compose: false),
        "NFKC" => new UnicodeNormalizer(compatibility: true, compose: true),
        "NFKD" => new UnicodeNormalizer(compatibility: true, compose: false),
        "Prepend" => new PrependNormalizer(field.Required("prepend").String()),
        "Replace" => new ReplaceNormalizer(PatternScanner.Read(field.Required("pattern")), field.Required("content").String()),
        "Sequence" => new SequenceNormalizer([.. field.Required("normalizers").Items().Select(Read)]),
        "Strip" => new StripNormalizer(field.BoolOr("strip_left", true), field.BoolOr("strip_right", true)),
        var type => throw field.Unsupported("the normalizer " + JsonField.Short(type), Supported),
    };
}
