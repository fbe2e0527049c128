namespace Ropewalk.Engine.Tokenization;

/// <summary>Cuts text into the words that a model encodes one by one, and may rewrite them.</summary>
internal abstract class PreTokenizer
{
    private const string Supported = "ByteLevel, Digits, Metaspace, Punctuation, Sequence, Split, WhitespaceSplit";

    /// <summary>The pieces that <paramref name="pieces"/> become; none is empty.</summary>
    public abstract List<Piece> Split(List<Piece> pieces);

    /// <summary>Where a text can be cut before this step sees it.</summary>
    public virtual TextCut Cuts => TextCut.Unknown;

    /// <summary>Whether something may be put before a text, which the second part of a cut text must not get.</summary>
    public virtual bool AddsPrefix => false;

    /// <summary>Reads a pre_tokenizer; a new kind is one line here and one file.</summary>
    public static PreTokenizer Read(JsonField field) => field.Type() switch
    {
        "ByteLevel" => ByteLevelPreTokenizer.ReadByteLevel(field),
        "Digits" => new SplitPreTokenizer(
            new CharacterScanner(CharacterScanner.IsNumber),
            field.BoolOr("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Metaspace" => MetaspacePreTokenizer.ReadMetaspace(field),
        "Punctuation" => new SplitPreTokenizer(
            new CharacterScanner(CharacterScanner.IsPunctuation),
            field.Optional("behavior") is { } behavior ? SplitBehaviors.Read(behavior) : SplitBehavior.Isolated),
        "Sequence" => new SequencePreTokenizer([.. field.Required("pretokenizers").Items().Select(Read)]),
        "Split" => SplitPreTokenizer.ReadSplit(field),
        "WhitespaceSplit" => new SplitPreTokenizer(new CharacterScanner(System.Text.Rune.IsWhiteSpace), SplitBehavior.Removed),
        var type => throw field.Unsupported("the pre-tokenizer " + JsonField.Short(type), Supported),
    };
}
