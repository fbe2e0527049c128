using Microsoft.Win32.SafeHandles;

namespace Ropewalk.Engine.Formats;

/// <summary>Opens and reads files that a stranger may have made: regular files only, positional reads, one-line errors.
/// Nothing is memory-mapped here, because a mapped file that shrinks ends the process.</summary>
public static class RegularFile
{
    /// <summary>Opens a file for reading; pipes, devices and folders are refused before they are opened.</summary>
    /// <param name="path">Path as the user gave it.</param>
    /// <param name="expected">What should have been there, e.g. "a safetensors file".</param>
    /// <param name="lengthBytes">The file's length now.</param>
    public static SafeFileHandle Open(string path, string expected, out long lengthBytes)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0'))
        {
            throw new CheckpointFormatException($"'{path}'", "path", "a name that no file can have", expected);
        }

        if (Directory.Exists(path))
        {
            throw new CheckpointFormatException(path, "file", "a folder", expected);
        }

        if (!Posix.MayBeRegularFile(path))
        {
            throw new CheckpointFormatException(path, "file", "a pipe, socket or device", expected);
        }

        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            lengthBytes = RandomAccess.GetLength(handle);
            return handle;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            handle?.Dispose();
            var found = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "nothing there",
                UnauthorizedAccessException => "no permission to read it",
                PathTooLongException => "a path that is too long",
                NotSupportedException => "a pipe, socket or device",
                _ => $"an error on opening ({e.Message})",
            };
            throw new CheckpointFormatException(path, "file", found, expected);
        }
    }

    /// <summary>Fills the span from the offset. A file that has become shorter meanwhile is an error, never a short answer.</summary>
    public static void ReadExactly(SafeFileHandle handle, string path, long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read;
            try
            {
                read = RandomAccess.Read(handle, bytes, offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CheckpointFormatException(path, $"byte {offset}", $"a read error ({e.Message})", "readable bytes");
            }

            if (read == 0)
            {
                throw new CheckpointFormatException(path, $"byte {offset}", "the end of the file",
                    $"{bytes.Length} more bytes; the file has become shorter since it was opened");
            }

            offset += read;
            bytes = bytes[read..];
        }
    }

    /// <summary>A whole file, refused before anything is allocated if it is longer than the maximum.</summary>
    public static byte[] ReadAll(string path, string expected, long maximumBytes)
    {
        using var handle = Open(path, expected, out var lengthBytes);
        if (lengthBytes > maximumBytes)
        {
            throw new CheckpointFormatException(path, "length", $"{lengthBytes} bytes", $"at most {maximumBytes}");
        }

        var bytes = new byte[lengthBytes];
        ReadExactly(handle, path, 0, bytes);
        return bytes;
    }
}
