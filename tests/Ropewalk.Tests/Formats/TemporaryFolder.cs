namespace Ropewalk.Tests.Formats;

/// <summary>A folder that is gone after the test, whatever the test did.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    /// <summary>Makes a folder; in memory, where the system offers that, for tests that write so many files that the disk is what they measure.</summary>
    public TemporaryFolder(bool inMemory = false) => Root = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(Path.Combine(Memory, $"ropewalk-test-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("ropewalk-test-").FullName;

    public string Root { get; }

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, byte[] bytes)
    {
        var path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Everything in the folder, relative, sorted.</summary>
    public string[] Entries() =>
        [.. Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
