namespace Ropewalk.Lab.Runs.Records;

/// <summary>What a journal holds.</summary>
/// <param name="Entries">Good entries from the start on.</param>
/// <param name="GoodBytes">Where the last of them ends; 0 without a whole header.</param>
/// <param name="TailBytes">What comes after it: an append that a kill or a power failure tore.</param>
/// <param name="NextGood">Offset of a good entry beyond damage; null where there is none, as it should be.</param>
internal sealed record JournalScan(uint Entries, long GoodBytes, long TailBytes, long? NextGood)
{
    private const int Block = 1 << 16;

    /// <summary>Reads a journal to its end or to the first bad entry.</summary>
    /// <param name="file">The journal.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="each">Told of each good entry.</param>
    /// <exception cref="RunFolderException">It is no journal, or of another version.</exception>
    public static JournalScan Of(IRunFile file, string path, Action<JournalEntry>? each = null)
    {
        var length = file.Length;
        Span<byte> header = stackalloc byte[JournalFrame.HeaderBytes];
        if (file.Read(0, header) < header.Length)
        {
            // A run that was stopped while its journal was being made.
            return new JournalScan(0, 0, length, null);
        }

        if (JournalFrame.ReadHeader(header) is not { } version)
        {
            throw new RunFolderException(path, "header", "other bytes", "the header of a run's journal", "the run cannot be continued: start a new one");
        }

        if (version != JournalFrame.Version)
        {
            throw new RunFolderException(path, "version", $"{version}", $"{JournalFrame.Version}", "continue it with the ropewalk that began it, or start a new run");
        }

        var offset = (long)JournalFrame.HeaderBytes;
        var number = 0u;
        while (Next(file, length, offset, number) is { } entry)
        {
            each?.Invoke(entry.Entry);
            offset = entry.End;
            number++;
        }

        return new JournalScan(number, offset, length - offset, offset < length ? Resync(file, length, offset + 1, number) : null);
    }

    /// <summary>The entry at an offset.</summary>
    /// <returns>Null where there is no good one with this number.</returns>
    public static (JournalEntry Entry, long End)? Next(IRunFile file, long length, long offset, uint number)
    {
        Span<byte> frame = stackalloc byte[JournalFrame.FrameBytes];
        if (file.Read(offset, frame) < frame.Length)
        {
            return null;
        }

        var (bytes, found) = JournalFrame.Read(frame);
        if (found != number || bytes is < 0 or > JournalFrame.MaximumPayload || bytes > length - offset - frame.Length)
        {
            return null;
        }

        var payload = new byte[bytes];
        return file.Read(offset + frame.Length, payload) == bytes && JournalFrame.IsSound(frame, payload) && EntryFormat.Decode(payload) is { } entry
            ? (entry, offset + frame.Length + bytes)
            : null;
    }

    /// <summary>Looks for a good entry beyond a bad one: with one the damage is in the middle, without it is at the end.</summary>
    private static long? Resync(IRunFile file, long length, long from, uint number)
    {
        var block = new byte[Block + JournalFrame.FrameBytes];
        for (var start = from; start < length; start += Block)
        {
            var read = file.Read(start, block);
            for (var i = 0; i < Block && i + JournalFrame.FrameBytes <= read; i++)
            {
                var (bytes, found) = JournalFrame.Read(block.AsSpan(i));

                // A later entry has a later number, though not more later than entries fit in between.
                if (bytes > 0 && found > number && found - number <= (start + i - from + 1) / JournalFrame.FrameBytes && Next(file, length, start + i, found) is not null)
                {
                    return start + i;
                }
            }
        }

        return null;
    }
}
