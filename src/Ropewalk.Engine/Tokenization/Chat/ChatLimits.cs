namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What a chat template may cost. A template comes with a model from a stranger; each limit that is passed is an error.</summary>
/// <remarks>The defaults are a hundred times what the largest templates in use need, and keep the worst case at some seconds and
/// some hundred megabytes.</remarks>
public sealed record ChatLimits
{
    /// <summary>The limits that hold where none are given.</summary>
    public static ChatLimits Default { get; } = new();

    /// <summary>Characters of a template.</summary>
    public int TemplateCharacters { get; init; } = 1 << 20;

    /// <summary>Expressions evaluated, statements run and turns of loops, together; 16 characters that an operation reads or writes
    /// count as one more.</summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Characters that all operations of one rendering may make, the text itself included; a list's item counts as eight.</summary>
    public long CreatedCharacters { get; init; } = 128L << 20;

    /// <summary>Characters of the rendered text, and of any text on the way to it.</summary>
    public int OutputCharacters { get; init; } = 32 << 20;

    /// <summary>Levels of nesting: of brackets, operators and statements in the template, of calls, and of lists in lists.</summary>
    public int Depth { get; init; } = 400;
}
