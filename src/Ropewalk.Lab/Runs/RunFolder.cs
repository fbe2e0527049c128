using System.Security.Cryptography;
using System.Text;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>The records of a job, open for one process alone: run.json (what was asked), journal (every measured number, in order and without times,
/// on the disk before it counts), telemetry.jsonl (times), result.json (written whole). A job that is run again on the same folder reads what was
/// recorded instead of measuring it, so it ends with the same journal and the same result as one that was never stopped.</summary>
public sealed class RunFolder : IMeasurements, IDisposable
{
    /// <summary>Name of the records' folder inside an output folder.</summary>
    public const string Name = "ropewalk";

    /// <summary>Name of the result.</summary>
    public const string ResultName = "result.json";

    /// <summary>Name of the journal.</summary>
    internal const string JournalName = "journal";

    private readonly IRunFiles _files;
    private readonly IDisposable _lock;
    private readonly Journal _journal;
    private readonly RunTelemetry _telemetry;
    private readonly Pace _pace = new();

    private RunFolder(IRunFiles files, string path, RunManifest manifest, TimeProvider clock, string resumeCommand)
    {
        (_files, Path, Manifest, ResumeCommand) = (files, path, manifest, resumeCommand);
        _lock = RunLock.Take(files, path);
        try
        {
            var json = System.IO.Path.Combine(path, RunManifest.FileName);
            if (!files.Exists(json))
            {
                WholeFile.Write(files, json, ResultJson.Serialize(manifest));
            }

            _journal = new Journal(files, System.IO.Path.Combine(path, JournalName), $"\"ropewalk runs salvage {Runs.ResumeCommand.Quote(path)} NEW\" copies what comes before it into a new run");
            _telemetry = new RunTelemetry(files, System.IO.Path.Combine(path, RunTelemetry.FileName), clock);
            Telemetry("opened", new { entries = _journal.Count, host = Environment.MachineName, process = Environment.ProcessId, threads = WorkerPool.NumThreads, vectors = RunManifest.ThisVectors });
            var start = new StartEntry(manifest.Fingerprint(), manifest.Seed);
            if (Recorded<StartEntry>("what run.json says", e => e == start) is null)
            {
                Append([start], 0);
            }
        }
        catch
        {
            _telemetry?.Dispose();
            _journal?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The records' folder.</summary>
    public string Path { get; }

    /// <summary>What was asked.</summary>
    public RunManifest Manifest { get; }

    /// <summary>The command that continues this run.</summary>
    public string ResumeCommand { get; }

    /// <summary>Tokens through the model for all that was asked so far, whether it was computed now or before.</summary>
    public long Tokens { get; private set; }

    /// <summary>Whether the run was finished when the folder was opened.</summary>
    public bool IsDone => _journal.IsDone;

    /// <summary>Called with a window's tokens where its losses come from the journal.</summary>
    public Action<long>? WindowReplayed { get; set; }

    /// <summary>Makes or continues a folder.</summary>
    /// <param name="path">The records' folder.</param>
    /// <param name="manifest">What is asked; what the folder's run.json says where there is one.</param>
    /// <param name="clock">For telemetry.</param>
    /// <param name="resumeCommand">The command that continues this run.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    /// <exception cref="RunFolderException">It is in use, damaged or another run's.</exception>
    public static RunFolder Open(string path, RunManifest manifest, TimeProvider clock, string resumeCommand) => Open(new DiskFiles(), path, manifest, clock, resumeCommand);

    /// <summary>Removes what a stop can leave of a run that had not begun: a records' folder without run.json. Anything else stays.</summary>
    public static void RemoveUnbegun(string output)
    {
        var path = System.IO.Path.Combine(output, Name);
        if (!Directory.Exists(path) || RunLock.IsHeld(path))
        {
            return;
        }

        string[] names = [RunLock.LockName, RunLock.HolderName, RunLock.HolderName + WholeFile.Temporary, RunManifest.FileName + WholeFile.Temporary];
        if (Directory.EnumerateFileSystemEntries(path).All(p => names.Contains(System.IO.Path.GetFileName(p))))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>The same on other files.</summary>
    internal static RunFolder Open(IRunFiles files, string path, RunManifest manifest, TimeProvider clock, string resumeCommand)
    {
        try
        {
            files.CreateFolder(path);
            files.FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            return new RunFolder(files, path, manifest, clock, resumeCommand);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(path, e, "nothing that was recorded is lost");
        }
    }

    /// <summary>Tells what a reader must know of a folder that is continued: a torn end that was moved aside, another machine.</summary>
    public void ReportOpened(IJobReporter reporter)
    {
        if (_journal.Quarantined is { } torn)
        {
            reporter.Line($"the journal's last {torn.Bytes} bytes were torn by an earlier stop and are now in {torn.Path}; that measurement is repeated");
        }

        if (Manifest.Vectors != RunManifest.ThisVectors)
        {
            reporter.Line($"warning: this run began on a machine with vectors of {Manifest.Vectors} bits, this one has {RunManifest.ThisVectors}: last digits may differ from a run that was never moved");
        }
    }

    /// <inheritdoc />
    public float[][] Losses(string name, int numWindows, long windowTokens, Func<int, int, float[][]> compute)
    {
        var losses = new List<float[]>(numWindows);
        while (losses.Count < numWindows &&
            Recorded<LossesEntry>($"the losses of \"{name}\", window {losses.Count}", e => e.Name == name && e.Window == losses.Count, windowTokens, 1) is { } entry)
        {
            losses.Add(entry.Losses);
        }

        while (losses.Count < numWindows)
        {
            var first = losses.Count;
            losses.AddRange(_pace.Do(numWindows - first, count =>
            {
                var some = compute(first, count);
                Append(some.Select((l, i) => new LossesEntry(name, first + i, l)), count * windowTokens);
                return some;
            }));
        }

        return [.. losses];
    }

    /// <inheritdoc />
    public double[] Values(string name, double[] arguments, long tokens, Func<double[], double[]> compute)
    {
        if (Recorded<ValuesEntry>($"the values of \"{name}\" at {string.Join(' ', arguments)}", e => e.Name == name && e.Arguments.AsSpan().SequenceEqual(arguments), tokens, arguments.Length) is { } entry)
        {
            return entry.Values;
        }

        var values = compute(arguments);
        Append([new ValuesEntry(name, arguments, values)], arguments.Length * tokens);
        return values;
    }

    /// <summary>Vectors of texts: those that are recorded, then the others as they are computed.</summary>
    /// <param name="name">Which texts, under which method; each name once in a job.</param>
    /// <param name="numTexts">How many.</param>
    /// <param name="compute">From a text's index and a count to their vectors.</param>
    internal IReadOnlyList<EmbeddedText> Vectors(string name, int numTexts, Func<int, int, IReadOnlyList<EmbeddedText>> compute)
    {
        var found = new List<EmbeddedText>(numTexts);
        while (found.Count < numTexts && Recorded<VectorEntry>($"the vector of {name}, text {found.Count}", e => e.Name == name && e.Text == found.Count) is { } entry)
        {
            Tokens += entry.Tokens - entry.LeftOut;
            found.Add(new EmbeddedText(entry.Vector, entry.Tokens, entry.Chunks) { LeftOut = entry.LeftOut });
        }

        while (found.Count < numTexts)
        {
            var first = found.Count;
            found.AddRange(_pace.Do(numTexts - first, count =>
            {
                var some = compute(first, count);
                Append(some.Select((t, i) => new VectorEntry(name, first + i, t.Tokens, t.LeftOut, t.Chunks, t.Vector)), some.Sum(t => (long)t.Tokens - t.LeftOut));
                return some;
            }));
        }

        return found;
    }

    /// <summary>Puts the journal before a search's evaluator.</summary>
    /// <param name="search">Name of the search; unique within a job.</param>
    /// <param name="algorithm">Who decides.</param>
    /// <param name="seed">Of the search's random numbers.</param>
    /// <param name="inner">Answers what is not recorded.</param>
    /// <param name="windowTokens">Tokens of a window.</param>
    public ISearchEvaluator Evaluator(string search, string algorithm, ulong seed, ISearchEvaluator inner, int windowTokens)
    {
        var begin = new SearchEntry(search, algorithm, seed, inner.NumWindows);
        if (Recorded<SearchEntry>($"search \"{search}\" by {algorithm} with seed {seed} on {inner.NumWindows} windows", e => e == begin) is null)
        {
            Append([begin], 0);
        }

        return new JournaledEvaluator(this, search, inner, windowTokens);
    }

    /// <summary>Appends a time-stamped line.</summary>
    public void Telemetry(string what, object data) => Guard(() => _telemetry.Append(what, data));

    /// <summary>Writes result.json whole.</summary>
    public void Result(object result) => Guard(() => WholeFile.Write(_files, System.IO.Path.Combine(Path, ResultName), ResultJson.Serialize(result)));

    /// <summary>Writes result.json whole and ends the journal with its hash: the run is finished.</summary>
    public void Finish(object result)
    {
        Result(result);
        var done = new DoneEntry(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ResultJson.Serialize(result)))));
        if (Recorded<DoneEntry>("the end of the run, with the same result", e => e == done) is null)
        {
            Append([done], 0);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _telemetry.Dispose();
        _journal.Dispose();
        _lock.Dispose();
    }

    /// <summary>The next recorded entry, which must be what the job asks for now.</summary>
    /// <param name="wanted">What that is, in words.</param>
    /// <param name="isSame">Whether an entry is it.</param>
    /// <param name="windowTokens">Tokens of a window that the entry stands for.</param>
    /// <param name="windows">How many windows.</param>
    /// <returns>Null when everything recorded was read.</returns>
    /// <exception cref="RunFolderException">Another entry was recorded there.</exception>
    internal T? Recorded<T>(string wanted, Func<T, bool> isSame, long windowTokens = 0, int windows = 0)
        where T : JournalEntry
    {
        if (_journal.Next() is not { } entry)
        {
            return null;
        }

        if (entry is not T same || !isSame(same))
        {
            throw new RunFolderException(
                System.IO.Path.Combine(Path, JournalName), $"entry {_journal.LastRead}", EntryText.Of(entry), wanted, "the records are of another job, run.json was changed, or the program was since the run began: start a new run");
        }

        Tokens += windowTokens * windows;
        for (var i = 0; i < windows; i++)
        {
            WindowReplayed?.Invoke(windowTokens);
        }

        return same;
    }

    /// <summary>Appends what was computed now.</summary>
    internal void Append(IEnumerable<JournalEntry> entries, long tokens)
    {
        Guard(() => _journal.Append(entries));
        Tokens += tokens;
    }

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
