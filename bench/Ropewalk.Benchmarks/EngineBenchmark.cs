using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>A llama of 134 million parameters in several file types, by us and by llama.cpp in turns, each run in a process of its own: a prompt
/// (logits of the last token, or of all), tokens one by one at two depths, load time, peak memory. Medians of the rounds.</summary>
internal static class EngineBenchmark
{
    private static readonly GgmlType[] s_types = [GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0];

    /// <summary>What is measured, with the arguments of both sides and where the result is.</summary>
    private static readonly (string Name, string[] Arguments, string Result)[] s_cases =
    [
        ("prompt 512", ["--prompt", "512", "--generate", "0"], "prompt"),
        ("prompt 4096", ["--prompt", "4096", "--generate", "0", "--repeat", "1"], "prompt"),
        ("prompt 16384", ["--prompt", "16384", "--generate", "0", "--repeat", "1"], "prompt"),
        ("all logits 512", ["--prompt", "512", "--generate", "0", "--all-logits"], "prompt"),
        ("decode at 0", ["--prompt", "0", "--generate", "64"], "generate"),
        ("decode at 4096", ["--prompt", "0", "--generate", "32", "--depth", "4096", "--repeat", "1"], "generate"),
    ];

    /// <summary>Runs it.</summary>
    /// <param name="args">--peer llama.cpp; --threads N; --rounds N; --types F32,Q8_0; --cases prompt,decode (parts of their names).</param>
    public static int Run(string[] args)
    {
        string Text(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
        var threads = Text("--threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        var rounds = int.Parse(Text("--rounds", "3"), CultureInfo.InvariantCulture);
        var types = Text("--types", string.Join(',', s_types)).Split(',').Select(Enum.Parse<GgmlType>).ToArray();
        var cases = s_cases.Where(c => Text("--cases", "").Split(',').Any(part => c.Name.Contains(part, StringComparison.Ordinal))).ToArray();
        var peer = Text("--peer", "") == "llama.cpp" ? PeerProgram() : null;
        var folder = Directory.CreateTempSubdirectory("ropewalk-bench-").FullName;
        try
        {
            foreach (var type in types)
            {
                ModelGenerator.Write(ModelGenerator.SizesOf("134m"), Path.Combine(folder, $"{type}.gguf"), type, filled: true);
            }

            Console.WriteLine($"{threads} threads, medians of {rounds} rounds, tokens a second; ratio: ours to llama.cpp's of the same type, and to its best type");
            Console.WriteLine($"{"case",-15} {"type",5} {"ours",8} {"llama.cpp",10} {"same",6} {"best",6} {"MB ours",8} {"MB theirs",9} {"load s",7} {"theirs",7}");
            foreach (var (name, arguments, result) in cases)
            {
                var rows = types.Select(type => Measure(Path.Combine(folder, $"{type}.gguf"), arguments, result, threads, rounds, peer)).ToArray();
                var best = rows.Max(r => r.Peer.Speed);
                for (var i = 0; i < types.Length; i++)
                {
                    var (ours, theirs) = rows[i];
                    Console.WriteLine(FormattableString.Invariant(
                        $"{name,-15} {types[i],5} {ours.Speed,8:F1} {theirs.Speed,10:F1} {ours.Speed / theirs.Speed,6:F2} {ours.Speed / best,6:F2} {ours.Megabytes,8:F0} {theirs.Megabytes,9:F0} {ours.LoadSeconds,7:F2} {theirs.LoadSeconds,7:F2}"));
                }
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (Side Ours, Side Peer) Measure(string model, string[] arguments, string result, string threads, int rounds, string? peer)
    {
        var ours = new List<Side>();
        var theirs = new List<Side>();
        for (var round = 0; round < rounds; round++)
        {
            // Keys and values in float32, or in 16 bits as llama.cpp's may be: the faster counts on both sides.
            var float32 = Child([.. ThisProgram.Start(), "engine-run", model, "--threads", threads, .. arguments], result);
            ours.Add(float32);
            if (result == "generate")
            {
                var half = Child([.. ThisProgram.Start(), "engine-run", model, "--threads", threads, "--cache-type", "f16", .. arguments], result);
                ours[^1] = half.Speed > float32.Speed ? half : float32;
            }

            if (peer is not null)
            {
                // llama.cpp's usual settings, flash attention with a 16-bit cache, and its exact one.
                var exact = Child(["dotnet", peer, "bench", model, "--threads", threads, .. arguments], result);
                var usual = Child(["dotnet", peer, "bench", model, "--threads", threads, "--flash-attention", "--cache-type", "f16", .. arguments], result);
                theirs.Add(usual.Speed > exact.Speed ? usual : exact);
            }
        }

        return (Median(ours), Median(theirs));
    }

    private static Side Median(List<Side> sides) =>
        sides.Count == 0 ? new Side(double.NaN, double.NaN, double.NaN) : sides.OrderBy(s => s.Speed).ElementAt(sides.Count / 2);

    private static Side Child(string[] command, string result)
    {
        using var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var json = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {child.ExitCode}");
        }

        var root = JsonElement.Parse(json);
        return new Side(
            root.GetProperty(result).GetProperty("median_tokens_per_second").GetDouble(), root.GetProperty("peak_rss_bytes").GetDouble() / 1e6, root.GetProperty("load_seconds").GetDouble());
    }

    /// <summary>The peer's program, built beside this one.</summary>
    private static string PeerProgram() =>
        ThisProgram.CheckoutFile("tests", "Ropewalk.Peer", "bin", "Release", "net10.0", "ropewalk-peer.dll")
        ?? throw new FileNotFoundException("llama.cpp's peer is not built: dotnet build -c Release, and npm ci --ignore-scripts in tests/Ropewalk.Peer");

    private sealed record Side(double Speed, double Megabytes, double LoadSeconds);
}
