using System.Globalization;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Reads numbers as Python writes them: 1_000, 0x1f, 0o17, 0b11, 1.5, 1e-3.</summary>
internal static class NumberLiteral
{
    /// <summary>The value of a token that is a number.</summary>
    public static JinjaValue Read(TemplateToken token, TemplateSource source)
    {
        var digits = token.Text.Replace("_", "");
        if (token.Kind == TokenKind.Float)
        {
            return new FloatValue(double.Parse(digits, CultureInfo.InvariantCulture));
        }

        long value;
        var isRead = digits.Length < 2 || digits[0] != '0'
            ? long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            : TryPrefixed(digits, out value);
        return isRead
            ? IntValue.Of(value)
            : throw source.Syntax(token.Line, "the number " + TemplateSource.Quote(token.Text), "a whole number below 2^63, with zeros in front only as 0x, 0o and 0b");
    }

    private static bool TryPrefixed(string digits, out long value)
    {
        value = 0;
        var isHexadecimal = digits[1] is 'x' or 'X';
        if (isHexadecimal || digits[1] is 'b' or 'B')
        {
            return long.TryParse(digits.AsSpan(2), isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value)
                && value >= 0;
        }

        if (digits[1] is not ('o' or 'O'))
        {
            return digits.AsSpan().Trim('0').IsEmpty;
        }

        foreach (var digit in digits.AsSpan(2))
        {
            if (value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) + digit - '0';
        }

        return true;
    }
}
