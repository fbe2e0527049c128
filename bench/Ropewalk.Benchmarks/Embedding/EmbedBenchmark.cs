using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Embedding;

/// <summary>One text through an encoder of BERT-base's widths, by us and by llama.cpp in turns, each run in a process of its own: 512 tokens through twelve
/// layers with learned positions, and 32,768 through a few with rotary ones, a layer of which costs as much as any other. Medians of the rounds.</summary>
internal static class EmbedBenchmark
{
    // Without flash attention llama.cpp holds tokens x tokens x heads numbers: 51 GB at 32,768.
    private const int MostWithoutFlashAttention = 4096;
    private const int BertLayers = 12;

    private static readonly GgmlType[] s_types = [GgmlType.F32, GgmlType.BF16, GgmlType.Q8_0];

    /// <summary>Runs it.</summary>
    /// <param name="args">--peer llama.cpp; --threads N; --rounds N; --types F32,Q8_0; --lengths 512,32768; --long-layers N (of texts beyond 512 tokens).</param>
    public static int Run(string[] args)
    {
        string Text(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
        var threads = Text("--threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        var rounds = int.Parse(Text("--rounds", "3"), CultureInfo.InvariantCulture);
        var types = Text("--types", string.Join(',', s_types)).Split(',').Select(Enum.Parse<GgmlType>).ToArray();
        var lengths = Text("--lengths", "512,32768").Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        var layers = int.Parse(Text("--long-layers", "2"), CultureInfo.InvariantCulture);
        var peer = Text("--peer", "") == "llama.cpp" ? ThisProgram.CheckoutFile("tests", "Ropewalk.Peer", "bin", "Release", "net10.0", "ropewalk-peer.dll")
            ?? throw new FileNotFoundException("llama.cpp's peer is not built: dotnet build -c Release, and npm ci --ignore-scripts in tests/Ropewalk.Peer") : null;
        var folder = Directory.CreateTempSubdirectory("ropewalk-bench-").FullName;
        try
        {
            Console.WriteLine($"{threads} threads, medians of {rounds} rounds, tokens a second; ratio: ours to llama.cpp's of the same type, and to its best type");
            Console.WriteLine($"{"case",-30} {"type",5} {"ours",9} {"llama.cpp",10} {"same",6} {"best",6} {"MB ours",8} {"MB theirs",9}");
            foreach (var length in lengths)
            {
                var isLong = length > 512;
                var name = isLong ? $"nomic-bert, {layers} layers, {length}" : $"bert, {BertLayers} layers, {length}";
                var files = types.Select(t => Path.Combine(folder, $"{length}-{t}.gguf")).ToArray();
                foreach (var (file, type) in files.Zip(types))
                {
                    EncoderGenerator.Write(file, isLong, isLong ? layers : BertLayers, length, type);
                }

                var rows = Measure(files, length, isLong ? 1 : 5, threads, rounds, peer);
                var best = rows.Max(r => r.Peer.Speed);
                for (var i = 0; i < types.Length; i++)
                {
                    var (ours, theirs) = rows[i];
                    Console.WriteLine(FormattableString.Invariant(
                        $"{name,-30} {types[i],5} {ours.Speed,9:F1} {theirs.Speed,10:F1} {ours.Speed / theirs.Speed,6:F2} {ours.Speed / best,6:F2} {ours.Megabytes,8:F0} {theirs.Megabytes,9:F0}"));
                }

                Array.ForEach(files, File.Delete);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All types within a round, so that a change of the machine's speed meets all of them.</summary>
    private static (Side Ours, Side Peer)[] Measure(string[] files, int length, int repeat, string threads, int rounds, string? peer)
    {
        var ours = files.Select(_ => new List<Side>()).ToArray();
        var theirs = files.Select(_ => new List<Side>()).ToArray();
        string[] common = ["--prompt", $"{length}", "--repeat", $"{repeat}", "--threads", threads];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < files.Length; i++)
            {
                ours[i].Add(Child([.. ThisProgram.Start(), "embed-run", files[i], .. common]));
                if (peer is null)
                {
                    continue;
                }

                string[] command = ["dotnet", peer, "bench", files[i], "--embed", "--generate", "0", .. common];
                var usual = Child([.. command, "--flash-attention"]);
                var exact = length <= MostWithoutFlashAttention ? Child(command) : usual;
                theirs[i].Add(usual.Speed > exact.Speed ? usual : exact);
            }
        }

        return [.. ours.Zip(theirs, (o, t) => (Median(o), Median(t)))];
    }

    private static Side Median(List<Side> sides) => sides.Count == 0 ? new Side(double.NaN, double.NaN) : sides.OrderBy(s => s.Speed).ElementAt(sides.Count / 2);

    private static Side Child(string[] command)
    {
        using var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var json = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {child.ExitCode}");
        }

        var root = JsonElement.Parse(json);
        return new Side(root.GetProperty("embed").GetProperty("median_tokens_per_second").GetDouble(), root.GetProperty("peak_rss_bytes").GetDouble() / 1e6);
    }

    private sealed record Side(double Speed, double Megabytes);
}
