using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Where a template stands, so that each complaint names it.</summary>
/// <param name="File">The file.</param>
/// <param name="Key">The key inside the file that holds the template, or null where the file is the template.</param>
internal sealed record TemplateSource(string File, string? Key)
{
    private const int ShownCharacters = 60;

    /// <summary>The field of an error in a line of the template.</summary>
    public string At(int line) => Key is null ? $"line {line}" : $"{Key}, line {line}";

    /// <summary>The complaint that the template is not well-formed.</summary>
    public CheckpointFormatException Syntax(int line, string found, string expected) => new(File, At(line), found, expected);

    /// <summary>The complaint that the template asks for what is not supported.</summary>
    public UnsupportedCheckpointException Unsupported(int line, string found, string supported) => new(File, At(line), found, supported);

    /// <summary>A text of the template as messages show it.</summary>
    public static string Quote(string text) => $"'{Printable.OneLine(text, ShownCharacters)}'";
}
