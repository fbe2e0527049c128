using System.Text.Json;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>One small comparison of llama2xs that several tests look at; made when the first asks. At the old window it has more windows than one piece
/// of the work holds.</summary>
public sealed class SmallComparison : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private JsonElement? _result;

    /// <summary>Folder of records and report.</summary>
    public string Out => _folder.PathOf("compared");

    /// <summary>FILE of --lm-eval.</summary>
    public string LmEval => _folder.PathOf("lm-eval.json");

    /// <summary>What --json printed.</summary>
    public JsonElement Result => _result ??= Command.Result(Arguments(Out, "--lm-eval", LmEval));

    /// <summary>The command, with other output and options.</summary>
    public static string[] Arguments(string output, params string[] more) =>
    [
        "compare", Command.Model, "--to", "512", "--heldout", Command.Stories, "--methods", "yarn,ntk-tuned,self-extend,yarn:2+log-n,dual-chunk:chunk=128,local=16",
        "--heldout-windows", "36", "--windows", "2", "--window-stride", "64", "--out", output, .. more,
    ];

    /// <summary>Bytes of a record.</summary>
    public static byte[] Record(string output, string name) => File.ReadAllBytes(Path.Combine(output, "ropewalk", name));

    public void Dispose() => _folder.Dispose();
}
