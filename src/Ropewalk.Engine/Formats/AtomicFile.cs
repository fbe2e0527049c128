using System.Text;

namespace Ropewalk.Engine.Formats;

/// <summary>Writes a file so that its name always stands for a whole one: the old or the new. The bytes go to a temporary file beside it
/// (".NAME.tmp-..."), are brought to the disk and renamed; on any failure the temporary file is removed.</summary>
public static class AtomicFile
{
    private const string Kept = "the file that was there before, if any, is unchanged";
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span), bytes.Length);

    /// <summary>Writes what the callback puts into the stream. The callback may read the file that is being replaced.</summary>
    /// <param name="path">Final name.</param>
    /// <param name="write">Writes the content; its exceptions pass, storage failures as <see cref="StorageException"/>.</param>
    /// <param name="neededBytes">Length of the content, if known: missing space is then reported before anything is written.</param>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static void Write(string path, Action<Stream> write, long? neededBytes = null)
    {
        if (neededBytes is { } needed && StorageException.FreeBytes(path) is { } free && needed > free)
        {
            throw StorageException.DiskFull(path, Kept, neededBytes);
        }

        var temporary = TemporaryNameFor(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            if (StorageException.IsStorageFailure(e))
            {
                throw StorageException.From(path, e, Kept, neededBytes);
            }

            throw;
        }

        Posix.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>A name beside the path that nobody else uses.</summary>
    private static string TemporaryNameFor(string path) =>
        Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.tmp-{Guid.NewGuid():N}");

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report.
        }
    }
}
