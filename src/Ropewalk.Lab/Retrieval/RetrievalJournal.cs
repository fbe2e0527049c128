using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Retrieval;

/// <summary>OUT/ropewalk/trials.jsonl: a first line that says what decides a trial (model, method, task, seed), then a line for each trial, without
/// times. Flushed to disk after each batch, so that a stopped run goes on where it was; a line that was cut off in the writing is dropped. One process
/// alone has it open.</summary>
public sealed class RetrievalJournal : IDisposable
{
    private const string Name = "trials.jsonl";
    private const long MaximumBytes = 1L << 30;

    private static readonly JsonSerializerOptions s_line = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    // Unlike a trial, it has properties that are only read.
    private static readonly JsonSerializerOptions s_identity = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly IDisposable _lock;
    private readonly FileStream _stream;
    private readonly string _path;

    private RetrievalJournal(IDisposable hold, string path, FileStream stream, IReadOnlyList<RetrievalTrial> known)
    {
        _lock = hold;
        _path = path;
        _stream = stream;
        Known = known;
    }

    /// <summary>Trials of earlier runs.</summary>
    public IReadOnlyList<RetrievalTrial> Known { get; }

    /// <summary>Begins a journal in an empty or absent folder, or goes on with the one that is there.</summary>
    /// <param name="output">The output folder.</param>
    /// <param name="identity">What decides a trial.</param>
    /// <exception cref="UserInputException">The folder holds something else, or the journal of other trials.</exception>
    /// <exception cref="CheckpointFormatException">A line of the journal is damaged.</exception>
    /// <exception cref="RunFolderException">Another process works on it.</exception>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static RetrievalJournal Open(string output, object identity)
    {
        var folder = Path.Combine(output, RunFolder.Name);
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            JobPaths.PrepareOutput(output, isNew: true);
        }

        RunLock? hold = null;
        FileStream? stream = null;
        try
        {
            Directory.CreateDirectory(folder);
            hold = RunLock.Take(new DiskFiles(), folder);
            var first = JsonSerializer.Serialize(identity, s_identity);
            var (known, kept) = File.Exists(path) ? Read(path, output, first) : ([], 0);
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
            stream.SetLength(kept);
            stream.Seek(0, SeekOrigin.End);
            var journal = new RetrievalJournal(hold, path, stream, known);
            if (kept == 0)
            {
                journal.Write(first + "\n");
            }

            return journal;
        }
        catch (Exception e)
        {
            stream?.Dispose();
            hold?.Dispose();
            if (StorageException.IsStorageFailure(e))
            {
                throw StorageException.From(path, e, "nothing was tried yet");
            }

            throw;
        }
    }

    /// <summary>Appends trials and brings them to disk.</summary>
    public void Append(IReadOnlyList<RetrievalTrial> trials) => Write(string.Concat(trials.Select(t => JsonSerializer.Serialize(t, s_line) + "\n")));

    /// <inheritdoc />
    public void Dispose()
    {
        _stream.Dispose();
        _lock.Dispose();
    }

    private static (IReadOnlyList<RetrievalTrial> Known, long Kept) Read(string path, string output, string identity)
    {
        var text = Encoding.UTF8.GetString(RegularFile.ReadAll(path, "a journal of trials", MaximumBytes));
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n')[..^1];
        if (lines.Length == 0)
        {
            return ([], 0);
        }

        if (lines[0] != identity)
        {
            throw new UserInputException($"--out: found {output} with the trials of another run ({Printable.OneLine(lines[0], 200)}), expected the same model, method, task and seed, or a folder that is empty or does not exist");
        }

        var known = new List<RetrievalTrial>();
        for (var i = 1; i < lines.Length; i++)
        {
            try
            {
                known.Add(JsonSerializer.Deserialize<RetrievalTrial>(lines[i], s_line) ?? throw new JsonException());
            }
            catch (JsonException)
            {
                throw new CheckpointFormatException(path, $"line {i + 1}", Printable.OneLine(lines[i], 60), "a trial as JSON; delete the file to begin anew");
            }
        }

        return (known, lines.Sum(l => Encoding.UTF8.GetByteCount(l) + 1L));
    }

    private void Write(string lines)
    {
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(lines));
            _stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(_path, e, "the trials so far are kept");
        }
    }
}
