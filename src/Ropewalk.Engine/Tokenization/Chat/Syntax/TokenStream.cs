using System.Runtime.CompilerServices;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The tokens of a template, one after the other.</summary>
/// <param name="tokens">The tokens; the last is the end, which is never passed.</param>
/// <param name="source">For complaints.</param>
/// <param name="maximumDepth">Levels of nesting that are allowed.</param>
internal sealed class TokenStream(List<TemplateToken> tokens, TemplateSource source, int maximumDepth)
{
    private int _at;
    private int _depth;

    /// <summary>For complaints.</summary>
    public TemplateSource Source { get; } = source;

    /// <summary>The token that is next.</summary>
    public TemplateToken Current => tokens[_at];

    /// <summary>Line of the token that is next.</summary>
    public int Line => Current.Line;

    /// <summary>The token behind the next one.</summary>
    public TemplateToken Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Takes a token.</summary>
    public TemplateToken Take()
    {
        var token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>Takes an operator if it is next.</summary>
    public bool TryOperator(string text) => TryTake(Current.IsOperator(text));

    /// <summary>Takes a word if it is next.</summary>
    public bool TryName(string text) => TryTake(Current.IsName(text));

    /// <summary>Takes a token of this kind; anything else is an error.</summary>
    public TemplateToken Expect(TokenKind kind, string expected) => Current.Kind == kind ? Take() : throw Unexpected(expected);

    /// <summary>Takes an operator; anything else is an error.</summary>
    public void ExpectOperator(string text)
    {
        if (!TryOperator(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    /// <summary>The complaint about the token that is next.</summary>
    public CheckpointFormatException Unexpected(string expected) => Source.Syntax(Line, Current.Shown, expected);

    /// <summary>Goes one level deeper.</summary>
    public void Enter()
    {
        if (++_depth > maximumDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Source.Syntax(Line, "deeper nesting", $"at most {maximumDepth} levels");
        }
    }

    /// <summary>Comes back from <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;

    private bool TryTake(bool isIt)
    {
        if (isIt)
        {
            Take();
        }

        return isIt;
    }
}
