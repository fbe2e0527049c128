namespace Ropewalk.Tests;

/// <summary>Finds the shared folder beside the project: golden values, real models and texts that are not copied into it.</summary>
internal static class SharedData
{
    /// <summary>The repository's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The shared folder, or null where this checkout stands alone.</summary>
    public static string? Folder { get; } = FindShared();

    /// <summary>Path of a file or folder under shared, e.g. Path("golden", "yarn_repo.json").</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Folder ?? throw new InvalidOperationException("shared is absent; mark the test [SharedFact]"), .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Ropewalk.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("no Ropewalk.slnx above the test binaries");
    }

    private static string? FindShared()
    {
        var given = Environment.GetEnvironmentVariable("ROPEWALK_SHARED");
        string[] candidates = string.IsNullOrEmpty(given) ? [System.IO.Path.Combine(Root, "..", "shared")] : [given];
        return candidates.Select(System.IO.Path.GetFullPath).FirstOrDefault(c => Directory.Exists(System.IO.Path.Combine(c, "golden")));
    }
}
