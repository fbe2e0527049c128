using System.Text;
using System.Text.Unicode;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Data;

/// <summary>Reads the texts that windows are cut from.</summary>
public static class TextFile
{
    /// <summary>Largest text that is read whole: 1 GiB.</summary>
    public const long MaximumBytes = 1L << 30;

    /// <summary>A UTF-8 file as a string, without its byte order mark.</summary>
    /// <param name="path">Path as the user gave it.</param>
    /// <param name="option">The option it came from.</param>
    /// <exception cref="CheckpointFormatException">Missing, not a regular file, unreadable or too large.</exception>
    /// <exception cref="UserInputException">Empty, or not UTF-8 (with the offset of the first bad byte), or with a byte 0 as no text has it.</exception>
    public static string Read(string path, string option = "--text")
    {
        var bytes = RegularFile.ReadAll(path, $"a UTF-8 text file for {option}", MaximumBytes);
        var text = bytes.AsSpan();
        if (text.StartsWith(Encoding.UTF8.Preamble))
        {
            text = text[Encoding.UTF8.Preamble.Length..];
        }

        if (!Utf8.IsValid(text))
        {
            throw new UserInputException($"{path}: found a byte that is not UTF-8 at offset {FirstInvalid(bytes)}, expected UTF-8 text");
        }

        // Plain letters in UTF-16 or UTF-32 are valid UTF-8 too, with zeros between them.
        if (bytes.AsSpan().IndexOf((byte)0) is >= 0 and var zero)
        {
            throw new UserInputException($"{path}: found the character 0 at offset {zero}, expected UTF-8 text");
        }

        return text.IsEmpty
            ? throw new UserInputException($"{path}: found an empty file, expected text")
            : Encoding.UTF8.GetString(text);
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }
}
