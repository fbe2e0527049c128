namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its characters; of a quoted text what it stands for.</param>
/// <param name="Line">The line in which it starts, from 1.</param>
internal readonly record struct TemplateToken(TokenKind Kind, string Text, int Line)
{
    /// <summary>Whether it is this operator.</summary>
    public bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    /// <summary>Whether it is this name.</summary>
    public bool IsName(string text) => Kind == TokenKind.Name && Text == text;

    /// <summary>How messages show it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.Text => "text outside of tags",
        TokenKind.String => "the text " + TemplateSource.Quote(Text),
        _ => TemplateSource.Quote(Text),
    };
}
