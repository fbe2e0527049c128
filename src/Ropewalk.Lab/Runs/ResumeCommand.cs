namespace Ropewalk.Lab.Runs;

/// <summary>The command that continues a run, ready to be pasted into the shell.</summary>
public static class ResumeCommand
{
    /// <summary>The variable in which the launcher says how it was called.</summary>
    public const string LauncherVariable = "ROPEWALK_LAUNCHER";

    /// <summary>The command.</summary>
    /// <param name="kind">The kind of the run's records.</param>
    /// <param name="folder">What --resume takes.</param>
    public static string Of(string kind, string folder) =>
        $"{(Environment.GetEnvironmentVariable(LauncherVariable) is { Length: > 0 } launcher ? Quote(launcher) : "ropewalk")} {CommandOf(kind)} --resume {Quote(folder)}";

    /// <summary>The command whose run it is.</summary>
    internal static string CommandOf(string kind) => kind == Progressive.ProgressiveJob.Kind ? "extend" : kind;

    /// <summary>A path as the shell reads it back.</summary>
    public static string Quote(string path) =>
        path.Length > 0 && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or ':' or '=' or ',') && path[0] != '-' ? path : $"'{path.Replace("'", "'\\''")}'";
}
