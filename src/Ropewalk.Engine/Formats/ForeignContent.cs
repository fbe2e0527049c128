using System.Diagnostics.CodeAnalysis;

namespace Ropewalk.Engine.Formats;

/// <summary>Knows by their first bytes the files that people meet where they expected a checkpoint, and says what to do.</summary>
internal static class ForeignContent
{
    /// <summary>How many bytes of a file are enough to know it.</summary>
    public const int SniffBytes = 512;

    /// <summary>Throws if the bytes begin a known format that is not the expected one; returns if they are unknown.</summary>
    /// <param name="file">File as the user knows it.</param>
    /// <param name="start">The file's first bytes, up to <see cref="SniffBytes"/>.</param>
    /// <param name="expected">The format that was expected, e.g. "a safetensors file".</param>
    public static void ThrowIfKnown(string file, ReadOnlySpan<byte> start, string expected)
    {
        if (start.StartsWith("version https://git-lfs"u8))
        {
            Damaged(file, "a Git LFS pointer in place of the content", $"{expected}; run 'git lfs pull' in its folder or download the file again");
        }

        var text = TrimStart(start);
        if (StartsWithIgnoringCase(text, "<!doctype html"u8) || StartsWithIgnoringCase(text, "<html"u8) || text.StartsWith("<?xml"u8))
        {
            Damaged(file, "an HTML or XML page", $"{expected}; the download returned a web page (a login or an error?), download the file again");
        }

        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8))
        {
            Refused(file, "a ZIP archive (a PyTorch pickle checkpoint is one, and a pickle can run code)");
        }

        if (start.Length >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        {
            Refused(file, "a Python pickle (PyTorch's older checkpoint format, which can run code)");
        }

        if (start.StartsWith("GGUF"u8))
        {
            Refused(file, "a GGUF file under this name");
        }

        if (start.StartsWith("\x1F"u8) && start.Length > 1 && start[1] == 0x8B)
        {
            Refused(file, "a gzip archive (unpack it first)");
        }

        if (start.Length >= 4 && start[0] == 0x28 && start[1] == 0xB5 && start[2] == 0x2F && start[3] == 0xFD)
        {
            Refused(file, "a zstd archive (unpack it first)");
        }

        if (start.Length >= 4 && start[0] == 0x89 && start[1..].StartsWith("HDF"u8))
        {
            Refused(file, "an HDF5 file (a Keras checkpoint?)");
        }

        if (start.Length >= 262 && start[257..].StartsWith("ustar"u8))
        {
            Refused(file, "a tar archive (unpack it first)");
        }
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> start)
    {
        start = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        return start.TrimStart(" \t\r\n"u8);
    }

    private static bool StartsWithIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) =>
        text.Length >= lowerCase.Length && System.Text.Ascii.EqualsIgnoreCase(text[..lowerCase.Length], lowerCase);

    [DoesNotReturn]
    private static void Damaged(string file, string found, string expected) =>
        throw new CheckpointFormatException(file, "content", found, expected);

    [DoesNotReturn]
    private static void Refused(string file, string found) =>
        throw new UnsupportedCheckpointException(file, "content", found, SupportedWeights);

    /// <summary>What to do with weights in another format.</summary>
    public const string SupportedWeights =
        "safetensors weights beside a config.json, or a GGUF file given by its own name; take the model's safetensors revision, or load it once in Transformers and call save_pretrained(folder, safe_serialization=True)";
}
