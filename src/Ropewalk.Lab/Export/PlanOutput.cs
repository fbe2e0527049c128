using System.Collections.Immutable;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Export;

/// <summary>Where an export goes.</summary>
internal static class PlanOutput
{
    private const string Option = "--out";

    /// <summary>Refuses an output that the target cannot use, before any work.</summary>
    public static void Require(PlanTarget target, string? output)
    {
        var isFolder = target is PlanTarget.HuggingFaceV4 or PlanTarget.HuggingFaceV5;
        if (output is null)
        {
            if (isFolder || target == PlanTarget.Gguf)
            {
                throw new UserInputException($"{Option}: found nothing, expected {(isFolder ? "a new folder" : "a new .gguf file")}");
            }
        }
        else if (isFolder)
        {
            OutputFolder.RequireEmpty(output, Option);
        }
        else
        {
            OutputFolder.RequireFile(output, Option);
            if (File.Exists(output))
            {
                throw new UserInputException($"{Option}: found a file at {output}, expected a name that is free");
            }

            if (target == PlanTarget.Gguf && !output.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            {
                throw new UserInputException($"{Option}: found {Printable.OneLine(output)}, expected a name that ends in .gguf");
            }
        }
    }

    /// <summary>A name beside the output for what is not yet compared.</summary>
    public static string TemporaryFor(string output) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, $".{Path.GetFileName(output)}.tmp-{Guid.NewGuid():N}{Path.GetExtension(output)}");

    /// <summary>Writes a text export, if there is a file for it; gives its name.</summary>
    public static ImmutableArray<string> Save(string? output, string text)
    {
        if (output is null)
        {
            return [];
        }

        AtomicFile.WriteAllText(output, text + "\n");
        return [output];
    }

    /// <summary>A word of a command line.</summary>
    public static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') && text.Length > 0 ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
