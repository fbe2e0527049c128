namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Kinds of pieces that a template consists of.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of all tags.</summary>
    Text,

    /// <summary>{{</summary>
    OutputStart,

    /// <summary>}}</summary>
    OutputEnd,

    /// <summary>{%</summary>
    StatementStart,

    /// <summary>%}</summary>
    StatementEnd,

    /// <summary>A name or a keyword; nothing tells them apart but their place.</summary>
    Name,

    /// <summary>A quoted text, unescaped.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The template's end.</summary>
    End,
}
