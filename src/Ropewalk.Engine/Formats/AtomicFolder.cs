namespace Ropewalk.Engine.Formats;

/// <summary>Makes an output folder whole or not at all. Everything is written into a temporary folder "NAME.tmp-..." on the same file
/// system (beside a target that does not exist yet, inside one that does, since that one may be a mount of its own);
/// <see cref="Commit"/> brings it to the disk and moves it into place; <see cref="Dispose"/> without it removes the temporary folder.
/// A kill can leave the temporary folder behind, never half an export under the target's name.</summary>
public sealed class AtomicFolder : IDisposable
{
    /// <summary>The file that makes a folder a checkpoint: moved last, so its presence says that all others are there.</summary>
    public const string CommitMarker = "config.json";

    private readonly string temporary;
    private bool isCommitted;

    private AtomicFolder(string target, string temporary)
    {
        Target = target;
        this.temporary = temporary;
    }

    /// <summary>Where the files will be.</summary>
    public string Target { get; }

    /// <summary>Starts an output folder; missing parents are made.</summary>
    /// <param name="target">A folder that does not exist, or one that other files (a run's records) already live in.</param>
    /// <exception cref="StorageException">The temporary folder cannot be made.</exception>
    public static AtomicFolder Create(string target)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        var name = $"{Path.GetFileName(full)}.tmp-{Guid.NewGuid():N}";
        var parent = Directory.Exists(full) ? full : Path.GetDirectoryName(full) ?? full;
        var folder = Path.Combine(parent, name);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(target, e, "nothing was written");
        }

        return new AtomicFolder(full, folder);
    }

    /// <summary>Path under which a file is to be written now, for writers that take one; folders in between are made.</summary>
    /// <param name="name">Name in the target: a plain file name, or one below a folder ("1_Pooling/config.json").</param>
    public string PathOf(string name)
    {
        var parts = name.Split('/');
        if (!Array.TrueForAll(parts, PlainFileName.IsPlain))
        {
            throw new ArgumentException($"'{name}' is not a plain file name", nameof(name));
        }

        var path = Path.Combine([temporary, .. parts]);
        if (parts.Length > 1)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        return path;
    }

    /// <summary>Writes one file as UTF-8.</summary>
    public void WriteAllText(string name, string text) => AtomicFile.WriteAllText(PathOf(name), text);

    /// <summary>Writes one file.</summary>
    public void WriteAllBytes(string name, ReadOnlyMemory<byte> bytes) => AtomicFile.WriteAllBytes(PathOf(name), bytes);

    /// <summary>Writes one file from a callback; see <see cref="AtomicFile.Write"/>.</summary>
    public void Write(string name, Action<Stream> write, long? neededBytes = null) => AtomicFile.Write(PathOf(name), write, neededBytes);

    /// <summary>Moves everything into place. A target that does not exist appears with one rename. Into one that does, the files are moved one
    /// by one, the old marker removed first and the new one moved last; a failure on the way takes back what was moved.</summary>
    /// <exception cref="StorageException">Something could not be brought to the disk or moved.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(isCommitted, this);
        try
        {
            var files = Directory.GetFiles(temporary, "*", SearchOption.AllDirectories);
            foreach (var file in files)
            {
                // Also for files that others wrote through PathOf.
                using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                stream.Flush(flushToDisk: true);
            }

            foreach (var folder in Directory.GetDirectories(temporary, "*", SearchOption.AllDirectories))
            {
                Posix.FlushFolder(folder);
            }

            Posix.FlushFolder(temporary);
            if (Directory.Exists(Target))
            {
                MoveInto(files);
                Directory.Delete(temporary, recursive: true);
                Posix.FlushFolder(Target);
            }
            else
            {
                Directory.Move(temporary, Target);
                Posix.FlushFolder(Path.GetDirectoryName(Target)!);
            }

            isCommitted = true;
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(Target, e, "no part of the export was left there");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isCommitted)
        {
            return;
        }

        try
        {
            Directory.Delete(temporary, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Already gone, or the disk fails: then an error is already on its way.
        }
    }

    private void MoveInto(string[] files)
    {
        var names = Array.ConvertAll(files, file => Path.GetRelativePath(temporary, file));
        Array.Sort(names, static (a, b) => (a == CommitMarker, a).CompareTo((b == CommitMarker, b)));
        var moved = new List<string>();
        try
        {
            if (Array.IndexOf(names, CommitMarker) >= 0)
            {
                File.Delete(Path.Combine(Target, CommitMarker));
            }

            foreach (var name in names)
            {
                var destination = Path.Combine(Target, name);
                if (name == CommitMarker)
                {
                    // All others must be on the disk before the marker says so.
                    Posix.FlushFolder(Target);
                }

                Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
                File.Move(Path.Combine(temporary, name), destination, overwrite: true);
                moved.Add(destination);
            }
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            foreach (var destination in moved)
            {
                File.Delete(destination);
            }

            throw;
        }
    }
}
