using System.Collections.Immutable;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs;

/// <summary>The paths of a job that has an output folder with its records inside.</summary>
internal static class JobPaths
{
    /// <summary>A path in full, so that a job continues from any working folder.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="option">The option or argument it came from.</param>
    /// <exception cref="UserInputException">It is empty, which .NET would take for an error of the program.</exception>
    public static string Full(string path, string option) =>
        path.Length == 0 ? throw new UserInputException($"{option}: found an empty path, expected one") : Path.GetFullPath(path);

    /// <summary>Paths in full, so that a job continues from any working folder; an empty one is refused where it is read.</summary>
    public static ImmutableArray<string> Full(ImmutableArray<string> paths) => [.. paths.Select(p => p.Length == 0 ? p : Path.GetFullPath(p))];

    /// <summary>The output folder of a records' folder.</summary>
    /// <exception cref="RunFolderException">It is not where such a job has its records.</exception>
    public static string OutputOf(string records) =>
        Path.GetFileName(records) == RunFolder.Name && Path.GetDirectoryName(records) is { Length: > 0 } output
            ? output
            : throw new RunFolderException(records, "name", Path.GetFileName(records), RunFolder.Name, "a job's records lie in a folder of that name inside its output folder");

    /// <summary>factors.json has its records in factors.run, or in factors-2.run where that is another search's.</summary>
    public static string RecordsBeside(string factors)
    {
        var stem = Path.ChangeExtension(factors, null);
        for (var i = 1; ; i++)
        {
            var folder = $"{stem}{(i == 1 ? "" : $"-{i}")}.run";
            if (!Path.Exists(folder))
            {
                return folder;
            }
        }
    }

    /// <summary>Refuses an output folder that is in use, or removes what a kill left of temporary files in one that is continued.</summary>
    public static void PrepareOutput(string output, bool isNew)
    {
        if (isNew)
        {
            RunFolder.RemoveUnbegun(output);
            OutputFolder.RequireEmpty(output);
        }
        else if (!RunLock.IsHeld(Path.Combine(output, RunFolder.Name)))
        {
            // Of a run that another process works on they are in use; opening its records says so.
            OutputFolder.RemoveTemporary(output);
        }
    }
}
