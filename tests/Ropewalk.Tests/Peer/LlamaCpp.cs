using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>llama.cpp as the judge, in a process of its own (tests/Ropewalk.Peer): an assertion inside it would end the process. By
/// default in its exact setting: F32 keys and values, no flash attention. The options are those of the peer's commands.</summary>
internal static class LlamaCpp
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Why it cannot be asked, or null.</summary>
    public static string? Unavailable { get; } =
        SharedData.Folder is null ? "needs the folder ../shared beside the project (or ROPEWALK_SHARED)"
        : Environment.GetEnvironmentVariable("ROPEWALK_LLAMACPP") is { Length: > 0 } || Directory.Exists(Path.Combine(Folder, "node_modules", "@node-llama-cpp", "linux-x64", "bins")) ? null
        : "needs llama.cpp: npm ci --ignore-scripts in tests/Ropewalk.Peer (Linux x64), or ROPEWALK_LLAMACPP";

    private static string Folder => Path.Combine(SharedData.Root, "tests", "Ropewalk.Peer");

    // Built with the tests, in the same configuration: bin/CONFIGURATION/FRAMEWORK.
    private static string Program
    {
        get
        {
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(Folder, "bin", framework.Parent!.Name, framework.Name, "ropewalk-peer.dll");
        }
    }

    /// <summary>All rows of logits: row i predicts token i + 1.</summary>
    public static float[][] Logits(string model, IReadOnlyList<int> tokens, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("logits");
        var result = Result(["logits", model, "--tokens", Ids(folder, tokens), "--out", file, .. options]);
        var vocabulary = result.GetProperty("vocabulary").GetInt32();
        var all = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file));
        Assert.Equal((long)tokens.Count * vocabulary, all.Length);
        var rows = new float[tokens.Count][];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = all.Slice(row * vocabulary, vocabulary).ToArray();
        }

        return rows;
    }

    /// <summary>Vectors of texts, not normalised; without pooling the rows of all their tokens.</summary>
    /// <param name="model">A GGUF file.</param>
    /// <param name="texts">Their ids.</param>
    /// <param name="pooling">none, mean, cls or last; null for what the file says.</param>
    /// <param name="options">Options of the peer.</param>
    public static float[][] Embeddings(string model, IReadOnlyList<int[]> texts, string? pooling, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("vectors");
        var ids = folder.Write("texts", string.Join('\n', texts.Select(t => string.Join(' ', t.Select(i => i.ToString(CultureInfo.InvariantCulture))))));
        var result = Result(["embed", model, "--texts", ids, "--out", file, .. pooling is null ? (string[])[] : ["--pooling", pooling], .. options]);
        var width = result.GetProperty("width").GetInt32();
        var all = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file));
        var vectors = new float[texts.Count][];
        var at = 0;
        for (var i = 0; i < vectors.Length; i++)
        {
            var length = width * (pooling == "none" ? texts[i].Length : 1);
            vectors[i] = all.Slice(at, length).ToArray();
            at += length;
        }

        Assert.Equal(all.Length, at);
        return vectors;
    }

    /// <summary>Each token's loss after the first, in nats.</summary>
    public static double[] Losses(string model, IReadOnlyList<int> tokens, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var result = Result(["loss", model, "--tokens", Ids(folder, tokens), .. options]);
        return [.. result.GetProperty("losses").EnumerateArray().Select(l => l.GetDouble())];
    }

    /// <summary>A text's ids.</summary>
    /// <param name="model">A GGUF file.</param>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecial">Adds what the model puts around a text.</param>
    /// <param name="parseSpecial">Reads special tokens' texts as these tokens.</param>
    public static int[] Tokenize(string model, string text, bool addSpecial = true, bool parseSpecial = true)
    {
        using var folder = new TemporaryFolder();
        var options = (string[])[.. addSpecial ? (string[])["--special"] : [], .. parseSpecial ? (string[])["--parse-special"] : []];
        var result = Result(["tokenize", model, "--text", folder.Write("text", Encoding.UTF8.GetBytes(text)), .. options]);
        return [.. result.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
    }

    /// <summary>The bytes that ids stand for, special tokens left out.</summary>
    public static byte[] Detokenize(string model, IReadOnlyList<int> tokens)
    {
        using var folder = new TemporaryFolder();
        return Result("detokenize", model, "--tokens", Ids(folder, tokens)).GetProperty("base64").GetBytesFromBase64();
    }

    /// <summary>Writes the file in another type; the name has to be free.</summary>
    /// <param name="input">A GGUF file.</param>
    /// <param name="output">The file to make.</param>
    /// <param name="type">llama.cpp's name of the mixture.</param>
    /// <param name="pure">Every matrix in one type, where llama.cpp would mix.</param>
    /// <param name="again">The input may be quantized itself.</param>
    public static void Quantize(string input, string output, string type, bool pure = false, bool again = false) =>
        Result(["quantize", input, output, type, .. pure ? (string[])["--pure"] : [], .. again ? (string[])["--allow-requantize"] : []]);

    /// <summary>Runs a command and expects exit code 0; gives its JSON.</summary>
    public static JsonElement Result(params string[] args)
    {
        var run = Run(args);
        Assert.True(run.Code == 0, $"ropewalk-peer {string.Join(' ', args)}: exit code {run.Code}: {run.Error}");
        return JsonElement.Parse(run.Output);
    }

    /// <summary>Runs a command.</summary>
    public static PeerRun Run(params string[] args)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host, [Program, .. args]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        var error = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(s_limit))
        {
            child.Kill(entireProcessTree: true);
            Assert.Fail($"ropewalk-peer {string.Join(' ', args)}: did not end within {s_limit}");
        }

        return new PeerRun(child.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static string Ids(TemporaryFolder folder, IReadOnlyList<int> tokens) =>
        folder.Write("tokens", string.Join('\n', tokens.Select(t => t.ToString(CultureInfo.InvariantCulture))));
}
