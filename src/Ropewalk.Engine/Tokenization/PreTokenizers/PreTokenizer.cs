using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Cuts text into the words that a model encodes one by one, and may rewrite them.</summary>
internal abstract class PreTokenizer
{
    private const string Supported =
        "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, UnicodeScripts, Whitespace, WhitespaceSplit";

    /// <summary>The pieces that <paramref name="pieces"/> become; none is empty.</summary>
    public abstract List<Piece> Split(List<Piece> pieces);

    /// <summary>Where a text can be cut before this step sees it.</summary>
    public virtual TextCut Cuts => TextCut.Unknown;

    /// <summary>Whether something may be put before a text, which the second part of a cut text must not get.</summary>
    public virtual bool AddsPrefix => false;

    /// <summary>Reads a pre_tokenizer; a new kind is one line here and one file.</summary>
    public static PreTokenizer Read(JsonField field) => field.Type() switch
    {
        "BertPreTokenizer" => new SequencePreTokenizer([AtSpaces(), AtPunctuation(SplitBehavior.Isolated)]),
        "ByteLevel" => ByteLevelPreTokenizer.ReadByteLevel(field),
        "CharDelimiterSplit" => new SplitPreTokenizer(new LiteralScanner(OneCharacter(field.Required("delimiter"))), SplitBehavior.Removed),
        "Digits" => new SplitPreTokenizer(
            new CharacterScanner(CharacterClasses.IsNumber),
            field.BoolOr("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "FixedLength" => FixedLengthPreTokenizer.ReadFixedLength(field),
        "Metaspace" => MetaspacePreTokenizer.ReadMetaspace(field),
        "Punctuation" => AtPunctuation(field.Optional("behavior") is { } behavior ? SplitBehaviors.Read(behavior) : SplitBehavior.Isolated),
        "Sequence" => new SequencePreTokenizer([.. field.Required("pretokenizers").Items().Select(Read)]),
        "Split" => SplitPreTokenizer.ReadSplit(field),
        "UnicodeScripts" => new UnicodeScriptsPreTokenizer(),
        "Whitespace" => new SplitPreTokenizer(new WordRunScanner(), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => AtSpaces(),
        var type => throw field.Unsupported("the pre-tokenizer " + JsonField.Short(type), Supported),
    };

    private static SplitPreTokenizer AtSpaces() => new(new CharacterScanner(Rune.IsWhiteSpace), SplitBehavior.Removed);

    private static SplitPreTokenizer AtPunctuation(SplitBehavior behavior) => new(new CharacterScanner(CharacterClasses.IsPunctuation), behavior);

    private static string OneCharacter(JsonField field) =>
        field.String() is var text && text.EnumerateRunes().Count() == 1 ? text : throw field.Error("one character");
}
