using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A chat template could not be rendered with these messages: it refuses them itself (raise_exception), an operation does not
/// fit its values, or a limit was passed.</summary>
public sealed class ChatTemplateException : RopewalkException
{
    // A template may complain at length.
    private const int MaximumCharacters = 2000;

    /// <summary>Creates the error. The message reads "file: field: problem".</summary>
    /// <param name="file">The template's file.</param>
    /// <param name="field">The line of the template, and the key that holds it.</param>
    /// <param name="problem">What does not work.</param>
    public ChatTemplateException(string file, string field, string problem)
        : base(Printable.OneLine($"{file}: {field}: {problem}", MaximumCharacters))
    {
    }
}
