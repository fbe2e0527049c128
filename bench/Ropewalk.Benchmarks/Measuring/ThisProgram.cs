namespace Ropewalk.Benchmarks;

/// <summary>Where this program is, for what it starts and reads.</summary>
internal static class ThisProgram
{
    /// <summary>How this program is started: by its own name, or by dotnet and its library.</summary>
    public static string[] Start() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]]
        : [Environment.ProcessPath!];

    /// <summary>A file of the checkout that this program was built in, or null.</summary>
    /// <param name="path">Relative to the checkout.</param>
    public static string? CheckoutFile(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine([folder.FullName, .. path]);
            if (File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }
}
