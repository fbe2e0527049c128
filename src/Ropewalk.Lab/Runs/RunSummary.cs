using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs;

/// <summary>A run as one sees it from outside, from its records alone and without changing them.</summary>
public sealed record RunSummary
{
    private const int Depth = 8;

    /// <summary>The records' folder.</summary>
    public required string Folder { get; init; }

    /// <summary>What became of it.</summary>
    public required RunState State { get; init; }

    /// <summary>run.json; null where it cannot be read.</summary>
    public RunManifest? Manifest { get; init; }

    /// <summary>What is damaged, or torn; null where nothing is.</summary>
    public string? Damage { get; init; }

    /// <summary>The run's parts in their order.</summary>
    public IReadOnlyList<RunStage> Stages { get; init; } = [];

    /// <summary>The search for the target window: after so many candidates the best was this.</summary>
    public IReadOnlyList<SearchBest> Progress { get; init; } = [];

    /// <summary>Candidates of the search for the target window that ran on every window.</summary>
    public int Candidates { get; init; }

    /// <summary>Candidates of all searches that were evaluated.</summary>
    public int Evaluations { get; init; }

    /// <summary>The best of the search for the target window, on the search windows.</summary>
    public double? BestPerplexity => Progress is [.., var last] ? last.Perplexity : null;

    /// <summary>Seconds that processes worked on it, as far as telemetry tells.</summary>
    public double Seconds { get; init; }

    /// <summary>The command that continues it; null where nothing can or must be.</summary>
    public string? Resume => State == RunState.Stopped && Manifest is { } m ? ResumeCommand.Of(m.Kind, Output(Folder)) : null;

    /// <summary>The records' folder that a user means: the folder itself, or the one inside an output folder.</summary>
    public static string Records(string folder)
    {
        var inside = Path.Combine(folder, RunFolder.Name);
        return Path.TrimEndingDirectorySeparator(!File.Exists(Path.Combine(folder, RunManifest.FileName)) || File.Exists(Path.Combine(inside, RunManifest.FileName)) ? inside : folder);
    }

    /// <summary>All runs beneath a folder.</summary>
    public static IEnumerable<RunSummary> Beneath(string root) =>
        Directory.EnumerateFiles(root, RunManifest.FileName, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Order(StringComparer.Ordinal)
            .Where(IsRun)
            .Select(p => Of(Path.GetDirectoryName(p)!));

    /// <summary>One run.</summary>
    /// <param name="folder">The records' folder.</param>
    /// <exception cref="RunFolderException">There is no run.</exception>
    public static RunSummary Of(string folder)
    {
        if (!File.Exists(Path.Combine(folder, RunManifest.FileName)))
        {
            throw new RunFolderException(folder, RunManifest.FileName, "nothing there", "the records of a run", "\"ropewalk runs FOLDER\" lists the runs beneath a folder");
        }

        var isHeld = RunLock.IsHeld(folder);
        RunManifest? manifest = null;
        try
        {
            manifest = RunManifest.Read(folder);
            return Scan(folder, manifest, isHeld) with { Seconds = SecondsOf(Path.Combine(folder, RunTelemetry.FileName)) };
        }
        catch (Exception e) when (e is RopewalkException or IOException or UnauthorizedAccessException)
        {
            return new RunSummary { Folder = folder, Manifest = manifest, State = RunState.Damaged, Damage = e.Message };
        }
    }

    /// <summary>What --resume takes for a records' folder.</summary>
    internal static string Output(string folder) => Path.GetFileName(folder) == RunFolder.Name && Path.GetDirectoryName(folder) is { Length: > 0 } parent ? parent : folder;

    /// <summary>Comparisons and trainings have a run.json of their own, without a format and without this journal; what cannot be read may be a run's.</summary>
    private static bool IsRun(string path)
    {
        try
        {
            var json = JsonFile.Read(path);
            return json.ValueKind != JsonValueKind.Object || json.TryGetProperty("format", out _) || File.Exists(Path.Combine(Path.GetDirectoryName(path)!, RunFolder.JournalName));
        }
        catch (Exception e) when (e is RopewalkException or IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static RunSummary Scan(string folder, RunManifest manifest, bool isHeld)
    {
        var path = Path.Combine(folder, RunFolder.JournalName);
        var other = manifest.Version == RunManifest.ThisVersion ? null : $"{Path.Combine(folder, RunManifest.FileName)}: version: found {manifest.Version}, which this one ({RunManifest.ThisVersion}) does not continue";
        var stopped = other is null ? RunState.Stopped : RunState.Damaged;
        if (!File.Exists(path))
        {
            return new RunSummary { Folder = folder, Manifest = manifest, State = isHeld ? RunState.Running : stopped, Damage = isHeld ? null : other };
        }

        var progress = new JournalProgress();
        JournalScan scan;
        using (var file = DiskFiles.OpenToRead(path))
        {
            scan = JournalScan.Of(file, path, progress.Add);
        }

        // What a running process is just writing looks torn, and is not.
        var damage = isHeld || scan.TailBytes == 0 ? null
            : scan.NextGood is { } next ? $"{path}: byte {scan.GoodBytes}: a damaged entry, and a good one at byte {next}"
            : $"{path}: byte {scan.GoodBytes}: {scan.TailBytes} torn bytes at the end, which continuing moves aside";
        return new RunSummary
        {
            Folder = folder,
            Manifest = manifest,
            State = isHeld ? RunState.Running : scan.NextGood is not null ? RunState.Damaged : progress.IsDone ? RunState.Done : stopped,
            Damage = damage ?? (isHeld || progress.IsDone ? null : other),
            Stages = progress.Stages,
            Progress = progress.Best,
            Candidates = progress.Candidates,
            Evaluations = progress.Evaluations,
        };
    }

    /// <summary>The time between the first and the last line of each process.</summary>
    private static double SecondsOf(string path)
    {
        var total = 0.0;
        DateTimeOffset? first = null;
        DateTimeOffset last = default;
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                var time = json.RootElement.GetProperty("time").GetDateTimeOffset();
                if (json.RootElement.GetProperty("what").ValueEquals("opened"u8))
                {
                    total += first is { } f ? (last - f).TotalSeconds : 0;
                    first = time;
                }

                last = time;
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                // A line that a kill tore.
            }
        }

        return Math.Max(0, total + (first is { } begin ? (last - begin).TotalSeconds : 0));
    }
}
