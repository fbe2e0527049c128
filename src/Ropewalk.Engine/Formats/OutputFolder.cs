using Ropewalk.Positions;

namespace Ropewalk.Engine.Formats;

/// <summary>Checks where a command is to write before it starts to work.</summary>
public static class OutputFolder
{
    private const string Expected = "expected a folder that is empty or does not exist";

    /// <summary>Refuses a file, a folder with anything in it, and a place that cannot be written to. Makes nothing.</summary>
    /// <param name="path">Folder as the user gave it.</param>
    /// <param name="option">The option it came from.</param>
    /// <exception cref="UserInputException">The folder cannot be used.</exception>
    public static void RequireEmpty(string path, string option = "--out")
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
        {
            Refuse(option, "a name that no folder can have");
        }

        try
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            if (File.Exists(full))
            {
                Refuse(option, $"the file {path}");
            }

            if (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).FirstOrDefault() is { } entry)
            {
                Refuse(option, $"{path} with files in it (e.g. {Path.GetFileName(entry)})");
            }

            ProbeWriting(full, path, option);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(option, $"{path}, which cannot be used ({e.Message})");
        }
    }

    /// <summary>Refuses a path to which no file can be written: an existing folder, a parent that is missing or cannot be written to. Makes nothing.</summary>
    /// <param name="path">File as the user gave it.</param>
    /// <param name="option">The option it came from.</param>
    /// <exception cref="UserInputException">The path cannot be used.</exception>
    public static void RequireFile(string path, string option = "--out")
    {
        const string File = "expected the path of a file in a folder that exists and can be written to";
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
        {
            Refuse(option, "a name that no file can have", File);
        }

        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            Refuse(option, $"the folder {path}", File);
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(parent))
        {
            Refuse(option, $"{path} in {parent}, which is no folder", File);
        }

        ProbeWriting(parent, path, option, File);
    }

    /// <summary>Removes what a killed export left in a folder: entries that <see cref="AtomicFile"/> and <see cref="AtomicFolder"/> give temporary names.</summary>
    public static void RemoveTemporary(string path)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*.tmp-*").Where(e => IsTemporary(Path.GetFileName(e))).ToList())
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }

    private static bool IsTemporary(string name) => Guid.TryParseExact(name[(name.LastIndexOf(".tmp-", StringComparison.Ordinal) + ".tmp-".Length)..], "N", out _);

    /// <summary>Permission bits do not tell (read-only mounts, access lists, root), so a folder is made and removed.</summary>
    private static void ProbeWriting(string full, string path, string option, string expected = Expected)
    {
        var existing = full;
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing))
            {
                Refuse(option, $"{path}, below the file {existing}", expected);
            }

            existing = Path.GetDirectoryName(existing) ?? Path.GetPathRoot(full)!;
        }

        var probe = Path.Combine(existing, $".probe.tmp-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(option, $"{existing}, which cannot be written to", expected);
        }
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Refuse(string option, string found, string expected = Expected) =>
        throw new UserInputException(Printable.OneLine($"{option}: found {found}, {expected}"));
}
