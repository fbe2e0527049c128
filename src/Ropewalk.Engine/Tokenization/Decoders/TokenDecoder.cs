namespace Ropewalk.Engine.Tokenization;

/// <summary>Turns tokens back into text: a list of them at once, as the reference does, or one by one in a stream.</summary>
internal abstract class TokenDecoder
{
    private const string Supported = "BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece";

    /// <summary>The texts that <paramref name="tokens"/> become; all joined they are the decoded text.</summary>
    public abstract List<string> Decode(List<string> tokens);

    /// <summary>The same for one token of a stream. What depends on tokens to come (Strip at the end) is left out.</summary>
    public abstract void Decode(DecodePiece piece);

    /// <summary>Reads a decoder; a new kind is one line here and one file.</summary>
    public static TokenDecoder Read(JsonField field) => field.Type() switch
    {
        "BPEDecoder" => BytePairDecoder.ReadBytePair(field),
        "ByteFallback" => new ByteFallbackDecoder(),
        "ByteLevel" => new ByteLevelDecoder(),
        "CTC" => CtcDecoder.ReadCtc(field),
        "Fuse" => new FuseDecoder(),
        "Metaspace" => MetaspaceDecoder.ReadMetaspace(field),
        "Replace" => new ReplaceDecoder(new ReplaceNormalizer(
            PatternScanner.Read(field.Required("pattern")), field.Required("content").String())),
        "Sequence" => SequenceDecoder.ReadSequence(field),
        "Strip" => StripDecoder.ReadStrip(field),
        "WordPiece" => WordPieceDecoder.ReadWordPiece(field),
        var type => throw field.Unsupported("the decoder " + JsonField.Short(type), Supported),
    };
}
