using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Lab.Runs;

/// <summary>run.json: what a run was asked, what it decided before it began, and from what it was made. With the journal it is all that continuing needs.</summary>
public sealed record RunManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "run.json";

    private const int CurrentFormat = 1;

    /// <summary>Version of the folder's format.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = ThisVersion;

    /// <summary>Widest vectors of the machine that began it: another width sums in another order, so last digits may differ.</summary>
    public string Vectors { get; init; } = ThisVectors;

    /// <summary>Which job it is: "extend", "search", "progressive", "study tuning", ...</summary>
    public required string Kind { get; init; }

    /// <summary>The command as it was typed.</summary>
    public required string CommandLine { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>L.</summary>
    public required int OriginalContext { get; init; }

    /// <summary>L'.</summary>
    public required int TargetContext { get; init; }

    /// <summary>Seed of every random choice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The job's options.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>What was decided by the machine's speed or by measuring.</summary>
    public required JsonElement Plan { get; init; }

    /// <summary>The file that is written at the end, where it lies outside of the folder.</summary>
    public string? Output { get; init; }

    /// <summary>SHA-256 of each file of the model and each text, by path.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>The program's version.</summary>
    public static string ThisVersion { get; } = typeof(RunManifest).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>The widest vectors of this machine.</summary>
    public static string ThisVectors { get; } =
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? "512" : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? "256" : "128";

    /// <summary>SHA-256 of all that decides the run's results; the journal begins with it.</summary>
    internal string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        ResultJson.Serialize(new { Format, Version, Kind, OriginalContext, TargetContext, Seed, Options, Plan, Inputs = Inputs.Values }))));

    /// <summary>Reads a folder's run.json, of any program version that wrote this format.</summary>
    /// <param name="folder">The records' folder.</param>
    /// <exception cref="RunFolderException">There is none, or it is of another format.</exception>
    /// <exception cref="CheckpointFormatException">It is damaged.</exception>
    public static RunManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new RunFolderException(folder, FileName, "nothing there", "the records of a run", "\"ropewalk runs\" lists the runs beneath a folder");
        }

        var json = JsonFile.Read(path);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.Number || !format.TryGetInt32(out var number) || number != CurrentFormat)
        {
            var found = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("format", out var other) ? $"{other.GetRawText()}" : "none";
            throw new RunFolderException(path, "format", found, $"{CurrentFormat}", "continue it with the ropewalk that began it, or start a new run");
        }

        try
        {
            return ResultJson.Deserialize<RunManifest>(json);
        }
        catch (JsonException e)
        {
            throw new CheckpointFormatException(path, e.Path ?? "content", "something else", $"the keys of a run of format {CurrentFormat}");
        }
    }

    /// <summary>A part of run.json as its type.</summary>
    internal T Read<T>(string folder, string key, JsonElement part)
    {
        try
        {
            return ResultJson.Deserialize<T>(part);
        }
        catch (JsonException e)
        {
            throw new CheckpointFormatException(Path.Combine(folder, FileName), $"{key}: {e.Path}", "something else", $"what ropewalk {Version} writes there");
        }
    }

    /// <summary>Refuses what another build recorded: in the middle of a run its arithmetic would change.</summary>
    /// <exception cref="RunFolderException">It is another's.</exception>
    internal void RequireThisVersion(string folder, string kind)
    {
        var path = Path.Combine(folder, FileName);
        if (Version != ThisVersion)
        {
            throw new RunFolderException(path, "version", Version, ThisVersion, $"continue it with ropewalk {Version}, or start a new run");
        }

        if (Kind != kind)
        {
            throw new RunFolderException(path, "kind", $"\"{Kind}\"", $"\"{kind}\"", $"\"ropewalk {ResumeCommand.CommandOf(Kind)} --resume\" continues it");
        }
    }

    /// <summary>Refuses inputs that are not what the run began with.</summary>
    /// <param name="folder">The records' folder.</param>
    /// <param name="model">Checkpoint.</param>
    /// <param name="texts">Text files.</param>
    /// <exception cref="RunFolderException">A file changed, is new or is gone.</exception>
    internal void RequireSameInputs(string folder, string model, IEnumerable<string> texts)
    {
        const string WayOut = "put back what the run began with, or start a new run";
        var path = Path.Combine(folder, FileName);
        if (Inputs.Keys.FirstOrDefault(p => !File.Exists(p)) is { } gone)
        {
            throw new RunFolderException(gone, "file", "nothing there", $"the file that {path} names", WayOut);
        }

        var now = InputHashes.Of(model, texts);
        foreach (var (file, hash) in now)
        {
            if (!Inputs.TryGetValue(file, out var before) || before != hash)
            {
                throw new RunFolderException(file, "SHA-256", hash, before ?? "no such file", $"it changed since the run began; {WayOut}");
            }
        }
    }
}
