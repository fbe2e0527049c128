using System.Runtime.InteropServices;

namespace Ropewalk.Peer.Native;

/// <summary>Where llama.cpp's libraries lie, and which file is which: their names carry a version in some builds and none in others.</summary>
internal static class LibraryFolder
{
    /// <summary>Names another folder than the npm package's.</summary>
    public const string Variable = "ROPEWALK_LLAMACPP";

    private const string Package = "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64";
    private static readonly Lazy<string> s_path = new(Find);

    /// <summary>The folder.</summary>
    public static string Path => s_path.Value;

    /// <summary>Makes the declarations of <see cref="LlamaNative"/> look there.</summary>
    public static void Use() => NativeLibrary.SetDllImportResolver(
        typeof(LlamaNative).Assembly,
        (name, _, _) => name == "libc" ? 0 : Load(System.IO.Path.Combine(Path, FileOf(name))));

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? System.IO.Path.GetFullPath(given) : throw new LibraryException($"{Variable}: found no folder {given}, expected the one with libllama's files");
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, Package);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new LibraryException($"found no llama.cpp: run npm ci --ignore-scripts in tests/Ropewalk.Peer (Linux x64 only), or set {Variable} to a folder with libllama's files");
    }

    private static string FileOf(string name) =>
        Directory.GetFiles(Path, $"lib{name}.*").Select(System.IO.Path.GetFileName).Where(f => f!.Contains(".so")).Order(StringComparer.Ordinal).FirstOrDefault()
        ?? throw new LibraryException($"{Path}: found no lib{name}.so or lib{name}.VERSION.so, expected llama.cpp's libraries");

    private static nint Load(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            throw new LibraryException($"{file}: cannot be loaded (needs Linux x64, glibc 2.34 and the ggml libraries beside it): {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
