using Ropewalk.Positions;

namespace Ropewalk.Lab.Comparison;

/// <summary>All that a cell's figures depend on besides its method. Records of another setup are never mixed with new ones.</summary>
public sealed record CompareSetup
{
    /// <summary>The program's version: another one may round differently.</summary>
    public required string Version { get; init; }

    /// <summary>L.</summary>
    public required int OriginalContext { get; init; }

    /// <summary>N.</summary>
    public required int TargetContext { get; init; }

    /// <summary>Windows that methods are tuned on.</summary>
    public required int Windows { get; init; }

    /// <summary>Held-out windows that were asked for.</summary>
    public required int HeldoutWindows { get; init; }

    /// <summary>Tokens that one run of the sliding window scores.</summary>
    public required int WindowStride { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Number of --text files among the inputs; the others are held out.</summary>
    public required int Texts { get; init; }

    /// <summary>Hashes of model and texts.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Refuses to go on with records of another setup. Files may have moved: their content counts, in order.</summary>
    /// <param name="asked">What is asked now.</param>
    /// <param name="folder">Where the records lie.</param>
    /// <exception cref="UserInputException">Something differs; the line names the first difference.</exception>
    public void RequireSame(CompareSetup asked, string folder)
    {
        (string Name, object Found, object Expected)[] values =
        [
            ("version", Version, asked.Version),
            ("--to", TargetContext, asked.TargetContext),
            ("the model's window", OriginalContext, asked.OriginalContext),
            ("--windows", Windows, asked.Windows),
            ("--heldout-windows", HeldoutWindows, asked.HeldoutWindows),
            ("--window-stride", WindowStride, asked.WindowStride),
            ("--seed", Seed, asked.Seed),
            ("the number of --text files", Texts, asked.Texts),
            ("the number of files of model and text", Inputs.Count, asked.Inputs.Count),
        ];
        foreach (var (name, found, expected) in values)
        {
            if (!found.Equals(expected))
            {
                throw Differs(folder, $"{name} {found}", $"{expected}");
            }
        }

        foreach (var (before, now) in Inputs.Zip(asked.Inputs))
        {
            if (before.Value != now.Value)
            {
                throw Differs(folder, $"SHA-256 {before.Value[..Math.Min(12, before.Value.Length)]}... of {before.Key}", $"{now.Value[..12]}... of {now.Key}");
            }
        }
    }

    private static UserInputException Differs(string folder, string found, string expected) =>
        new($"--out: found a comparison with {found} in {folder}, expected {expected} as asked now, or another folder");
}
