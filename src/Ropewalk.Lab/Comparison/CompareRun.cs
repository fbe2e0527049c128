using System.Collections.Immutable;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Comparison;

/// <summary>run.json: all that the figures depend on. A stopped comparison goes on from it alone, so that nothing can be asked otherwise half-way.</summary>
public sealed record CompareRun
{
    /// <summary>The program's version: another one may round differently.</summary>
    public required string Version { get; init; }

    /// <summary>Full path of the checkpoint.</summary>
    public required string Model { get; init; }

    /// <summary>N.</summary>
    public required int TargetContext { get; init; }

    /// <summary>Full paths.</summary>
    public required ImmutableArray<string> Texts { get; init; }

    /// <summary>Full paths.</summary>
    public required ImmutableArray<string> Heldout { get; init; }

    /// <summary>As given.</summary>
    public required ImmutableArray<string> Methods { get; init; }

    /// <summary>Full path of the factors file, or null.</summary>
    public string? Factors { get; init; }

    /// <summary>Windows that methods are tuned on.</summary>
    public required int Windows { get; init; }

    /// <summary>Held-out windows at most, after what a budget took away; 0 for all.</summary>
    public required int HeldoutWindows { get; init; }

    /// <summary>Tokens that one run of the sliding window scores.</summary>
    public required int WindowStride { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Hashes of model, texts and factors by path.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>What a budget took away, or null.</summary>
    public string? Shrunk { get; init; }

    /// <summary>The command as it was typed.</summary>
    public required string CommandLine { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The options that ask for this run.</summary>
    /// <param name="folder">Where its records lie.</param>
    public CompareOptions Options(string folder) => new()
    {
        Model = Model,
        TargetContext = TargetContext,
        Texts = Texts,
        Heldout = Heldout,
        Methods = Methods,
        Factors = Factors,
        Out = folder,
        Windows = Windows,
        HeldoutWindows = HeldoutWindows,
        Seed = Seed,
        WindowStride = WindowStride,
        CommandLine = CommandLine,
    };

    /// <summary>Refuses to go on where the program or an input is no longer the one that the records are about.</summary>
    /// <param name="version">The program's.</param>
    /// <param name="hash">Hashes the inputs; called when all are there.</param>
    /// <param name="folder">Where the records lie.</param>
    /// <exception cref="UserInputException">Something differs; the line names the first difference.</exception>
    public void RequireSame(string version, Func<IReadOnlyDictionary<string, string>> hash, string folder)
    {
        ArgumentNullException.ThrowIfNull(hash);
        if (version != Version)
        {
            throw Differs(folder, $"records of version {Version}", $"version {version}, which this is: another version may round differently");
        }

        if (Inputs.Keys.FirstOrDefault(p => !File.Exists(p)) is { } gone)
        {
            throw Differs(folder, $"a record of {gone}, which is gone", "the same files of model and text as when it began");
        }

        var inputs = hash();
        if (inputs.Keys.FirstOrDefault(p => !Inputs.ContainsKey(p)) is { } other)
        {
            throw Differs(folder, $"no record of {other}", "the same files of model and text as when it began");
        }

        foreach (var (name, now) in inputs.Where(i => Inputs[i.Key] != i.Value))
        {
            throw Differs(folder, $"{name} with SHA-256 {now[..12]}...", $"{Inputs[name][..Math.Min(12, Inputs[name].Length)]}... as when the comparison began; it has changed since, so a new one is needed");
        }
    }

    private static UserInputException Differs(string folder, string found, string expected) => new($"--resume {folder}: found {found}, expected {expected}");
}
