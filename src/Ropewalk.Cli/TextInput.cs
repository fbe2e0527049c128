using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Data;

namespace Ropewalk.Cli;

/// <summary>A text that a command was given: in the command line, in a file, or on standard input.</summary>
internal sealed class TextInput
{
    /// <summary>What stands for standard input.</summary>
    public const string Standard = "-";

    private readonly string? _text;
    private readonly string? _path;

    private TextInput(string name, string? text, string? path, long? length)
    {
        Name = name;
        _text = text;
        _path = path;
        Length = length;
    }

    /// <summary>What to call it.</summary>
    public string Name { get; }

    /// <summary>Its length in bytes, where that is known before it is read.</summary>
    public long? Length { get; }

    /// <summary>--text: the text itself, or "-".</summary>
    public static TextInput Of(string text) => text == Standard ? OfFile(text) : new TextInput("--text", text, null, Encoding.UTF8.GetByteCount(text));

    /// <summary>--file: a path, or "-".</summary>
    /// <exception cref="CheckpointFormatException">Missing, a folder, a pipe or unreadable.</exception>
    public static TextInput OfFile(string path)
    {
        if (path == Standard)
        {
            return new TextInput("standard input", null, null, null);
        }

        using var handle = RegularFile.Open(path, "a UTF-8 text file for --file", out var length);
        return new TextInput(path, null, path, length);
    }

    /// <summary>Hands on the text in parts.</summary>
    /// <param name="replace">Whether bytes that are no UTF-8 become U+FFFD instead of an error.</param>
    /// <param name="part">Receives a part and the bytes read so far.</param>
    /// <returns>Bytes of the text, and how many broken characters were replaced.</returns>
    public (long Bytes, long Replaced) Read(bool replace, TextPart part)
    {
        if (_text is not null)
        {
            part(_text, Length!.Value);
            return (Length.Value, LoneSurrogates(_text));
        }

        using var stream = _path is null ? Console.OpenStandardInput() : new FileStream(RegularFile.Open(_path, "a UTF-8 text file for --file", out _), FileAccess.Read, bufferSize: 0);
        var parts = new Utf8Parts(stream, Name, replace);
        for (var text = parts.Next(); text.Length > 0; text = parts.Next())
        {
            part(text, parts.Bytes);
        }

        return (parts.Bytes, parts.Replaced);
    }

    private static int LoneSurrogates(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (Rune.DecodeFromUtf16(text, out var rune, out var length) is var status && length > 0)
        {
            count += status == System.Buffers.OperationStatus.Done ? 0 : 1;
            text = text[length..];
            _ = rune;
        }

        return count;
    }
}

/// <summary>Takes a part of a text.</summary>
/// <param name="text">Whole characters; not to be kept.</param>
/// <param name="bytesRead">Bytes of the text read so far.</param>
internal delegate void TextPart(ReadOnlySpan<char> text, long bytesRead);
