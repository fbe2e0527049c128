using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>The records of a job, in OUT/ropewalk: run.json (what was asked, and hashes of the inputs), journal.jsonl (one line for each evaluated
/// candidate, in order; no times, so equal runs have equal journals), telemetry.jsonl (times), result.json (written whole at the end). The
/// journal is flushed to disk after each iteration, so a stopped run leaves a readable folder.</summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>Name of the records' folder inside the output folder.</summary>
    public const string Name = "ropewalk";

    private static readonly JsonSerializerOptions s_line = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly FileStream _journal;
    private readonly FileStream _telemetry;
    private readonly TimeProvider _clock;

    /// <summary>Creates the folder with its run.json.</summary>
    /// <param name="output">The output folder.</param>
    /// <param name="run">What was asked.</param>
    /// <param name="clock">For telemetry.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public RunFolder(string output, object run, TimeProvider clock)
    {
        Path = System.IO.Path.Combine(output, Name);
        _clock = clock;
        try
        {
            Directory.CreateDirectory(Path);
            AtomicFile.WriteAllText(System.IO.Path.Combine(Path, "run.json"), ResultJson.Serialize(run));
            _journal = Open("journal.jsonl");
            _telemetry = Open("telemetry.jsonl");
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(Path, e, "nothing was searched yet");
        }
    }

    /// <summary>The records' folder.</summary>
    public string Path { get; }

    /// <summary>Appends evaluated candidates and brings them to disk.</summary>
    /// <param name="search">"long" or "short".</param>
    /// <param name="trials">In order.</param>
    public void Journal(string search, IReadOnlyList<Trial> trials)
    {
        foreach (var t in trials)
        {
            Append(_journal, new { search, index = t.Index, iteration = t.Round, nll = double.IsFinite(t.Nll) ? t.Nll : (double?)null, start_tokens = t.Point.StartTokens, rescale_factors = t.Point.RescaleFactors });
        }

        Flush(_journal);
        Telemetry("evaluated", new { search, evaluations = trials.Count });
    }

    /// <summary>Appends a time-stamped line.</summary>
    public void Telemetry(string what, object data)
    {
        Append(_telemetry, new { time = _clock.GetUtcNow(), what, data });
        Flush(_telemetry);
    }

    /// <summary>Writes result.json whole.</summary>
    public void Result(object result) => AtomicFile.WriteAllText(System.IO.Path.Combine(Path, "result.json"), ResultJson.Serialize(result));

    /// <inheritdoc />
    public void Dispose()
    {
        _journal.Dispose();
        _telemetry.Dispose();
    }

    // Unbuffered: a stop at any moment loses at most the line that is being written.
    private FileStream Open(string name) => new(System.IO.Path.Combine(Path, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private void Append(FileStream stream, object line) => Guard(() => stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, s_line) + "\n")));

    private void Flush(FileStream stream) => Guard(() => stream.Flush(flushToDisk: true));

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(Path, e, "the records so far are kept");
        }
    }
}
