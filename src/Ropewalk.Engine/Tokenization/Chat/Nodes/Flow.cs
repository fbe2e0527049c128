namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>How a template goes on after a statement.</summary>
internal enum Flow
{
    /// <summary>With the next statement.</summary>
    Next,

    /// <summary>Behind the loop.</summary>
    Break,

    /// <summary>With the loop's next turn.</summary>
    Continue,
}
