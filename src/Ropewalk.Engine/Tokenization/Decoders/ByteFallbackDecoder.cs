using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Turns runs of tokens &lt;0x00&gt; to &lt;0xFF&gt; into the characters whose bytes they are.</summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (var token in tokens)
        {
            if (ByteOf(token) is { } b)
            {
                run.Add(b);
            }
            else
            {
                Flush(run, result);
                result.Add(token);
            }
        }

        Flush(run, result);
        return result;
    }

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text && ByteOf(text) is { } b)
        {
            piece.Become([b]);
        }
    }

    private static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b)
            ? b
            : null;

    /// <summary>The reference's rule: a run that is not UTF-8 as a whole is one U+FFFD for each byte.</summary>
    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count > 0)
        {
            var bytes = run.ToArray();
            result.Add(System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : new string('\uFFFD', bytes.Length));
            run.Clear();
        }
    }
}
