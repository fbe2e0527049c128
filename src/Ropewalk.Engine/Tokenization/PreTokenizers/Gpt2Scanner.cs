namespace Ropewalk.Engine.Tokenization;

/// <summary>GPT-2's pattern.</summary>
internal sealed class Gpt2Scanner : WordScanner
{
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Another spelling of the same.</summary>
    public const string PatternShort = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override TextCut Cuts => TextCut.BeforeSpace;

    public override int WordEnd(ReadOnlySpan<char> text, int at)
    {
        var contraction = Contraction(text, at, ignoreCase: false);
        if (contraction > 0)
        {
            return at + contraction;
        }

        var start = text[at] == ' ' && at + 1 < text.Length ? at + 1 : at;
        var kind = CharKinds.At(text, start, out _);
        return kind == CharKind.Space ? CharKinds.SpaceEnd(text, at) : CharKinds.RunEnd(text, start, kind);
    }
}
