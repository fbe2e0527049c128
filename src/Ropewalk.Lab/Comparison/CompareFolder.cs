using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Comparison;

/// <summary>The records of a comparison, in OUT/ropewalk: run.json (what was asked, and hashes of the inputs), journal.jsonl (measured windows and tunings, on
/// disk before they count, no times), telemetry.jsonl (times) and result.json (written whole at the end). A line that was torn off is measured again.
/// One process alone has it open.</summary>
public sealed class CompareFolder : IDisposable
{
    private const long LargestJournalBytes = 1L << 30;
    private const long LargestRunBytes = 16 << 20;
    private const string Kept = "what was measured so far is kept";

    private readonly IDisposable _lock;
    private readonly FileStream _journal;
    private readonly FileStream _telemetry;
    private readonly string _folder;

    private CompareFolder(IDisposable hold, string folder, FileStream journal, FileStream telemetry)
    {
        _lock = hold;
        _folder = folder;
        _journal = journal;
        _telemetry = telemetry;
    }

    /// <summary>What a stopped comparison left.</summary>
    /// <param name="output">Its --out.</param>
    /// <exception cref="UserInputException">There is none.</exception>
    /// <exception cref="CheckpointFormatException">A record is damaged.</exception>
    /// <exception cref="RunFolderException">Another process works on it.</exception>
    public static CompareRecords Read(string output)
    {
        var path = PathOf(output, "run.json");
        if (!File.Exists(path))
        {
            throw new UserInputException($"--resume: found no {Path.Combine(RunFolder.Name, "run.json")} in {Printable.OneLine(output)}, expected the folder of a comparison");
        }

        // What somebody writes now would be read in part, and cut off later.
        using var hold = RunLock.Take(new DiskFiles(), Path.Combine(output, RunFolder.Name));
        var run = CompareJson.ReadFile<CompareRun>(path, RegularFile.ReadAll(path, "the run.json of a comparison", LargestRunBytes), "the run.json of a comparison");
        var (lines, whole) = ReadLines<CompareLine>(PathOf(output, "journal.jsonl"));
        var (times, wholeTimes) = ReadLines<CompareTime>(PathOf(output, "telemetry.jsonl"));
        return new CompareRecords(run, [.. lines.SelectMany(l => l.Chunks ?? [])], [.. lines.Select(l => l.Tuned).OfType<TunedMethod>()], whole, times, wholeTimes);
    }

    /// <summary>Makes the folder, or goes on with it.</summary>
    /// <param name="output">--out.</param>
    /// <param name="records">What is there, or what is to begin.</param>
    /// <exception cref="RunFolderException">Another process works on it.</exception>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static CompareFolder Open(string output, CompareRecords records)
    {
        var folder = Path.Combine(output, RunFolder.Name);
        RunLock? hold = null;
        FileStream? journal = null;
        try
        {
            Directory.CreateDirectory(folder);
            hold = RunLock.Take(new DiskFiles(), folder);
            if (!File.Exists(PathOf(output, "run.json")))
            {
                WholeFile.Write(new DiskFiles(), PathOf(output, "run.json"), CompareJson.File(records.Run));
            }

            // Unbuffered: a stop at any moment loses at most the line that is being written, and that is cut off here.
            journal = Append(PathOf(output, "journal.jsonl"), records.WholeBytes);
            return new CompareFolder(hold, folder, journal, Append(PathOf(output, "telemetry.jsonl"), records.WholeTimeBytes));
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            journal?.Dispose();
            hold?.Dispose();
            throw StorageException.From(folder, e, Kept);
        }
    }

    /// <summary>Appends measured windows and brings them to disk.</summary>
    public void Add(IReadOnlyList<ComparedChunk> chunks, CompareTime time) => Add(new CompareLine(chunks), time);

    /// <summary>Appends a tuning and brings it to disk.</summary>
    public void Add(TunedMethod tuned, CompareTime time) => Add(new CompareLine(null, tuned), time);

    /// <summary>Writes result.json whole.</summary>
    public void Result(object result) => AtomicFile.WriteAllText(Path.Combine(_folder, "result.json"), ResultJson.Serialize(result));

    /// <inheritdoc />
    public void Dispose()
    {
        _journal.Dispose();
        _telemetry.Dispose();
        _lock.Dispose();
    }

    private static string PathOf(string output, string name) => Path.Combine(output, RunFolder.Name, name);

    private static FileStream Append(string path, long wholeBytes)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.SetLength(wholeBytes);
        stream.Seek(0, SeekOrigin.End);
        return stream;
    }

    private static (List<T> Lines, long WholeBytes) ReadLines<T>(string path)
        where T : class
    {
        var lines = new List<T>();
        var whole = 0;
        if (!File.Exists(path))
        {
            return (lines, whole);
        }

        ReadOnlySpan<byte> bytes = RegularFile.ReadAll(path, "the records of a comparison", LargestJournalBytes);
        while (bytes[whole..].IndexOf((byte)'\n') is var end and >= 0)
        {
            if (!CompareJson.TryReadLine<T>(bytes.Slice(whole, end), out var line))
            {
                // The last line may be torn where the machine lost power; one before it was whole once.
                if (whole + end + 1 < bytes.Length)
                {
                    throw new CheckpointFormatException(path, $"line {lines.Count + 1}", "a line that is not what was written", "the records of a comparison");
                }

                break;
            }

            lines.Add(line!);
            whole += end + 1;
        }

        return (lines, whole);
    }

    private void Add(CompareLine line, CompareTime time)
    {
        try
        {
            _telemetry.Write(CompareJson.Line(time));
            _journal.Write(CompareJson.Line(line));
            _journal.Flush(flushToDisk: true);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(_folder, e, Kept);
        }
    }
}
