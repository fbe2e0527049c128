namespace Ropewalk.Engine.Tokenization;

/// <summary>The pattern of Llama-3 (also Phi-4, cl100k) and of Qwen2, which differ only in the digits per word.</summary>
internal sealed class Llama3Scanner(int maxDigits) : WordScanner
{
    public const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public override TextCut Cuts => TextCut.AfterLineBreak;

    public override int WordEnd(ReadOnlySpan<char> text, int at)
    {
        var contraction = Contraction(text, at, ignoreCase: true);
        if (contraction > 0)
        {
            return at + contraction;
        }

        var kind = CharKinds.At(text, at, out var length);
        var next = at + length;
        var nextKind = next < text.Length ? CharKinds.At(text, next, out _) : CharKind.Space;
        if (kind == CharKind.Letter || (kind != CharKind.Number && text[at] is not ('\r' or '\n') && nextKind == CharKind.Letter))
        {
            return CharKinds.RunEnd(text, next, CharKind.Letter);
        }

        if (kind == CharKind.Number)
        {
            return CharKinds.RunEnd(text, at, CharKind.Number, maxDigits);
        }

        if (kind == CharKind.Other || (text[at] == ' ' && next < text.Length && nextKind == CharKind.Other))
        {
            var end = CharKinds.RunEnd(text, next, CharKind.Other);
            while (end < text.Length && text[end] is ('\r' or '\n'))
            {
                end++;
            }

            return end;
        }

        // \s*[\r\n]+ : to the last line break of the run, if it has one.
        var lineEnd = text[at..CharKinds.RunEnd(text, at, CharKind.Space)].LastIndexOfAny('\r', '\n');
        return lineEnd >= 0 ? at + lineEnd + 1 : CharKinds.SpaceEnd(text, at);
    }
}
