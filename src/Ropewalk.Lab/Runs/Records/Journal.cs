using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>A run's journal, open for continuing: what was recorded is read first, entry by entry; then entries are appended, and count when they
/// are on the disk.</summary>
internal sealed class Journal : IDisposable
{
    private readonly IRunFiles _files;
    private readonly IRunFile _file;
    private readonly string _path;
    private readonly long _recordedBytes;
    private readonly uint _recorded;
    private long _readTo = JournalFrame.HeaderBytes;
    private uint _read;
    private long _end;
    private uint _count;

    /// <summary>Opens or makes a journal. A torn end is moved into a file beside it.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The journal.</param>
    /// <param name="wayOut">What to do about damage in the middle.</param>
    /// <exception cref="RunFolderException">It is damaged in the middle, no journal, or of another version.</exception>
    public Journal(IRunFiles files, string path, string wayOut)
    {
        (_files, _path) = (files, path);
        _file = files.Open(path, FileMode.OpenOrCreate);
        try
        {
            var scan = JournalScan.Of(_file, path, e => IsDone = e is DoneEntry);
            if (scan.NextGood is { } next)
            {
                throw new RunFolderException(
                    path, $"byte {scan.GoodBytes}", "a damaged entry", $"entry {scan.Entries} whole, as the one at byte {next} is: the end of a journal may be torn, never its middle", wayOut);
            }

            if (scan.TailBytes > 0)
            {
                Quarantine(scan);
            }

            _end = scan.GoodBytes;
            if (_end == 0)
            {
                _file.Write(0, JournalFrame.Header());
                _file.Flush();
                files.FlushFolder(Path.GetDirectoryName(path)!);
                _end = JournalFrame.HeaderBytes;
            }

            (_recordedBytes, _recorded, _count) = (_end, scan.Entries, scan.Entries);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the run was finished when the journal was opened.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Entries, those recorded before included.</summary>
    public uint Count => _count;

    /// <summary>Number of the entry that <see cref="Next"/> gave last.</summary>
    public uint LastRead => _read - 1;

    /// <summary>Whether entries that were recorded before are still to be read.</summary>
    public bool HasRecorded => _read < _recorded;

    /// <summary>The file that a torn end was moved to, and its bytes; null where the journal was whole.</summary>
    public (string Path, long Bytes)? Quarantined { get; private set; }

    /// <summary>The next of the recorded entries; null when all were read.</summary>
    public JournalEntry? Next()
    {
        if (!HasRecorded)
        {
            return null;
        }

        if (JournalScan.Next(_file, _recordedBytes, _readTo, _read) is not { } next)
        {
            throw new RunFolderException(_path, $"byte {_readTo}", "bytes that changed since the journal was opened", "an entry", "another program writes to it");
        }

        (_readTo, _read) = (next.End, _read + 1);
        return next.Entry;
    }

    /// <summary>Appends entries. When it returns they are on the disk; when it throws none of them is in the journal, or a torn end is, which the next
    /// opening moves away.</summary>
    public void Append(IEnumerable<JournalEntry> entries)
    {
        if (HasRecorded)
        {
            throw new InvalidOperationException("what was recorded is read before anything is appended");
        }

        var number = _count;
        byte[] bytes = [.. entries.SelectMany(e => JournalFrame.Wrap(number++, EntryFormat.Encode(e)))];
        try
        {
            _file.Write(_end, bytes);
            _file.Flush();
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            TakeBack();
            throw;
        }

        _end += bytes.Length;
        _count = _read = number;
        _readTo = _end;
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private void TakeBack()
    {
        try
        {
            _file.Truncate(_end);
            _file.Flush();
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            // The torn end stays; the first error is the one to report.
        }
    }

    private void Quarantine(JournalScan scan)
    {
        var aside = "";
        for (var i = 1; aside.Length == 0 || _files.Exists(aside); i++)
        {
            aside = $"{_path}.quarantine-{i}";
        }

        var bytes = new byte[scan.TailBytes];
        var read = _file.Read(scan.GoodBytes, bytes);
        using (var side = _files.Open(aside, FileMode.CreateNew))
        {
            side.Write(0, bytes.AsSpan(0, read));
            side.Flush();
        }

        // The copy is on the disk before the original goes.
        _files.FlushFolder(Path.GetDirectoryName(_path)!);
        _file.Truncate(scan.GoodBytes);
        _file.Flush();
        Quarantined = (aside, scan.TailBytes);
    }
}
