using System.Text;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>What compare refuses: exit code 2, one line with the flag, what was found and what was expected; nothing left on the disk.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class CompareBadInputTests : IDisposable
{
    // Options after a text of 4,000 bytes, which the embedded model reads as 4,000 tokens; every fragment must be in the line.
    private static readonly Dictionary<string, (string[] Options, string[] Fragments)> s_cases = new(StringComparer.Ordinal)
    {
        ["--to no multiple"] = (["--to", "700"], ["--to: found 700", "a multiple of the model's window of 256 tokens", "512 or 768"]),
        ["--to the window"] = (["--to", "256"], ["--to: found 256", "more than the model's window of 256"]),
        ["text shorter than the window"] = (["--to", "8192"], ["--text: found 4000 tokens", "one held-out window of 8192 tokens"]),
        ["--window-stride past the window"] = (["--to", "512", "--window-stride", "257"], ["--window-stride: found 257", "at most 256"]),
        ["--windows 0"] = (["--to", "512", "--windows", "0"], ["--windows: found 0", "at least 1"]),
        ["--heldout-windows negative"] = (["--to", "512", "--heldout-windows", "-1"], ["--heldout-windows: found -1", "at least 0"]),
        ["--budget"] = (["--to", "512", "--budget", "soon"], ["--budget", "\"soon\"", "expected a time"]),
        ["unknown method"] = (["--to", "512", "--methods", "yarn,magic"], ["--methods: found \"magic\"", "expected all, none, linear", "SCALING+PLAN"]),
        ["empty method"] = (["--to", "512", "--methods", "yarn,,ntk"], ["--methods: found \"\""]),
        ["scaling without its number"] = (["--to", "512", "--methods", "llama3:"], ["--methods llama3:"]),
        ["group of 0"] = (["--to", "512", "--methods", "self-extend:group=0,window=64"], ["--methods self-extend:group=0,window=64", "group is '0'"]),
        ["window of 0"] = (["--to", "512", "--methods", "self-extend:group=4,window=0"], ["--methods self-extend:group=4,window=0", "window is '0'"]),
        ["neighbours wider than L"] = (["--to", "512", "--methods", "rerope:window=257"], ["--methods rerope:window=257", "found 257", "at most 256 (the original context)"]),
        ["a plan with a plan"] = (["--to", "512", "--methods", "log-n+log-n"], ["--methods log-n+log-n", "expected a plan that does not scale queries itself"]),
        ["two plans"] = (["--to", "512", "--methods", "sinks:recent=64+rerope:window=64"], ["--methods sinks:recent=64+rerope:window=64"]),
        ["rounded wavelengths between whole positions"] = (
            ["--to", "512", "--methods", "resonance+yarn:2+leaky-rerope:window=64,factor=3"],
            ["--methods resonance+yarn:2+leaky-rerope:window=64,factor=3", "plan leaky-rerope with scaling resonance", "rounded wavelengths repeat at those only"]),
        ["a scaling that never begins"] = (["--to", "512", "--methods", "dynamic:2+rerope:window=64"], ["plan rerope with scaling dynamic", "so it would never act"]),
        ["tuned with a plan"] = (["--to", "512", "--methods", "yarn-tuned+log-n"], ["--methods yarn-tuned+log-n", "known only when it was tuned"]),
        ["longrope without factors"] = (["--to", "512", "--methods", "longrope"], ["--methods", "longrope"]),
        ["factors missing"] = (["--to", "512", "--factors", "/nowhere/factors.json"], ["/nowhere/factors.json", "found nothing", "a factors file"]),
        ["--lm-eval a folder"] = (["--to", "512", "--lm-eval", "/"], ["--lm-eval: found the folder /"]),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bad_input_is_one_line(string name)
    {
        var (options, fragments) = s_cases[name];
        Require(["compare", Command.Embedded, "--text", TextOf(4000), "--out", _folder.PathOf("never"), .. options], fragments);
        Assert.Equal(["text.txt"], _folder.Entries());
    }

    [Fact]
    public void An_empty_text_is_refused() =>
        Require(["compare", Command.Embedded, "--to", "512", "--text", _folder.Write("empty.txt", ""), "--out", _folder.PathOf("never")], ["empty.txt: found an empty file, expected text"]);

    [Fact]
    public void An_output_with_files_in_it_is_refused()
    {
        TextOf(10);
        Require(["compare", Command.Embedded, "--to", "512", "--out", _folder.Root], ["--out: found", "with files in it", "expected a folder that is empty"]);
    }

    [Fact]
    public void Resume_stands_alone()
    {
        Require(["compare", "--resume", _folder.Root], ["--resume: found no ropewalk/run.json in", "expected the folder of a comparison"]);
        Require(["compare", "--resume", _folder.Root, "--to", "512"], ["--resume: found --to too, expected --resume alone"]);
        Require(["compare", Command.Embedded, "--resume", _folder.Root], ["--resume: found MODEL", "expected --resume alone"]);
        Assert.Empty(_folder.Entries());
    }

    private static void Require(string[] arguments, string[] fragments)
    {
        var run = Command.Run(arguments);
        Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Error}{run.Output}");
        Assert.Equal("", run.Output);
        var complaint = Assert.Single(run.Complaints);
        Assert.All(fragments, f => Assert.Contains(f, complaint, StringComparison.Ordinal));
    }

    private string TextOf(int bytes) => _folder.Write("text.txt", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("All work and no play. ", (bytes / 22) + 1))[..bytes]));
}
