namespace Ropewalk.Engine.Tokenization;

/// <summary>What is known of patterns that published tokenizers have and that .NET runs for us.</summary>
internal static class KnownPatterns
{
    // Words of such a pattern take line breaks behind punctuation (gpt-4o: also slashes there) and runs of white space up to the last
    // line break; no other alternative has one.
    private const string LineBreaks = @"|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly string[] s_withoutSpace =
        [@"\p{N}{1,3}", @"\p{N}", @"\p{N}+", "[0-9][0-9][0-9]", "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+", "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+"];

    /// <summary>Where a text can be cut that is split at the ends of this pattern's matches.</summary>
    public static TextCut Cuts(string pattern)
    {
        // Some files have the line breaks themselves in their patterns; the meaning is the same.
        pattern = pattern.Replace("\r", @"\r", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return s_withoutSpace.Contains(pattern, StringComparer.Ordinal) ? TextCut.Elsewhere
            : pattern == @"[\r\n]" || (pattern.EndsWith(LineBreaks, StringComparison.Ordinal) && GgufPreTokenizer.HasPattern(pattern)) ? TextCut.AfterLineBreak
            : TextCut.Unknown;
    }
}
