using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Comparison;

/// <summary>The records of a comparison, in OUT/ropewalk: run.json (what was asked, and hashes of the inputs), journal.jsonl (one line for each finished cell
/// and each tuning, flushed to disk) and result.json. A stopped comparison goes on from its journal; a line that was torn off is measured again.</summary>
public sealed class CompareFolder : IDisposable
{
    private const long LargestJournalBytes = 1L << 30;
    private const long LargestRunBytes = 16 << 20;
    private const string Kept = "what was measured so far is kept";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private readonly FileStream _journal;
    private readonly string _folder;

    private CompareFolder(string folder, FileStream journal)
    {
        _folder = folder;
        _journal = journal;
    }

    /// <summary>What a stopped comparison left, or null where there is none.</summary>
    /// <param name="output">--out.</param>
    /// <exception cref="CheckpointFormatException">A record is damaged.</exception>
    public static CompareRecords? Read(string output)
    {
        var run = Path.Combine(output, RunFolder.Name, "run.json");
        if (!File.Exists(run))
        {
            return null;
        }

        var asked = Parse<CompareRun>(run, "file", RegularFile.ReadAll(run, "the run.json of a comparison", LargestRunBytes), "the run.json of a comparison");
        if (asked.UsedWindows < 1)
        {
            throw new CheckpointFormatException(run, "used_windows", $"{asked.UsedWindows}", "at least 1");
        }

        var journal = JournalOf(output);
        var cells = new List<ComparedCell>();
        var tuned = new List<TunedMethod>();
        var whole = 0L;
        if (File.Exists(journal))
        {
            ReadOnlyMemory<byte> bytes = RegularFile.ReadAll(journal, "the journal of a comparison", LargestJournalBytes);
            for (var number = 1; bytes.Span.IndexOf((byte)'\n') is var end and >= 0; number++)
            {
                var line = Parse<CompareLine>(journal, $"line {number}", bytes[..end], "a cell of a comparison");
                whole += end + 1;
                bytes = bytes[(end + 1)..];
                if (line.Cell is { } cell)
                {
                    cells.Add(cell);
                }

                if (line.Tuned is { } method)
                {
                    tuned.Add(method);
                }
            }
        }

        return new CompareRecords(asked.Setup, asked.UsedWindows, cells, tuned, whole);
    }

    /// <summary>Makes the folder, or goes on with it.</summary>
    /// <param name="output">--out.</param>
    /// <param name="run">What is asked.</param>
    /// <param name="records">What <see cref="Read"/> found there.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static CompareFolder Open(string output, CompareRun run, CompareRecords? records)
    {
        var folder = Path.Combine(output, RunFolder.Name);
        FileStream? journal = null;
        try
        {
            Directory.CreateDirectory(folder);
            if (records is null)
            {
                AtomicFile.WriteAllText(Path.Combine(folder, "run.json"), JsonSerializer.Serialize(run, new JsonSerializerOptions(s_json) { WriteIndented = true }) + "\n");
            }

            // Unbuffered: a stop at any moment loses at most the line that is being written, and that is cut off here.
            journal = new FileStream(JournalOf(output), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
            journal.SetLength(records?.WholeBytes ?? 0);
            journal.Seek(0, SeekOrigin.End);
            return new CompareFolder(folder, journal);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            journal?.Dispose();
            throw StorageException.From(folder, e, Kept);
        }
    }

    /// <summary>Appends a finished cell and brings it to disk.</summary>
    public void Add(ComparedCell cell) => Append(new CompareLine(cell, null));

    /// <summary>Appends a tuning and brings it to disk.</summary>
    public void Add(TunedMethod tuned) => Append(new CompareLine(null, tuned));

    /// <summary>Writes result.json whole.</summary>
    public void Result(object result) => AtomicFile.WriteAllText(Path.Combine(_folder, "result.json"), ResultJson.Serialize(result));

    /// <inheritdoc />
    public void Dispose() => _journal.Dispose();

    private static string JournalOf(string output) => Path.Combine(output, RunFolder.Name, "journal.jsonl");

    private static T Parse<T>(string path, string field, ReadOnlyMemory<byte> json, string expected)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json.Span, s_json) ?? throw new CheckpointFormatException(path, field, "null", expected);
        }
        catch (JsonException e)
        {
            throw new CheckpointFormatException(path, field, $"something else ({e.Path ?? "no JSON"})", expected);
        }
    }

    private void Append(CompareLine line)
    {
        try
        {
            _journal.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, s_json) + "\n"));
            _journal.Flush(flushToDisk: true);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(_folder, e, Kept);
        }
    }
}
