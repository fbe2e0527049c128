using System.Text.Json;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>One small extension of llama2xs that several tests look at; made when the first asks.</summary>
public sealed class SmallExtension : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private JsonElement? _result;

    /// <summary>The checkpoint.</summary>
    public string Out => _folder.PathOf("extended");

    /// <summary>What --json printed.</summary>
    public JsonElement Result => _result ??= Command.Result(Arguments(Out));

    /// <summary>The command, with other output and options.</summary>
    public static string[] Arguments(string output, params string[] more) =>
        ["extend", Command.Model, "--to", "512", "--text", Command.Stories, "--algorithm", "evolution", "--population", "8", "--iterations", "2", "--windows", "2", "--heldout-windows", "3", "--out", output, .. more];

    public void Dispose() => _folder.Dispose();
}
