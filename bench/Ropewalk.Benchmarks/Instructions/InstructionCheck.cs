using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Whether a prompt and the tokens after it still take as many instructions as bench/instructions.json says: a count by callgrind, which is the same to
/// one in a thousand whatever else the machine does. It sees the AVX2 form (callgrind knows no AVX-512) and no memory: what becomes slower at
/// the same count is for the benchmarks with a clock.</summary>
internal static class InstructionCheck
{
    /// <summary>See <see cref="InstructionRun"/>.</summary>
    public const string MarkFunction = "labs";

    // Two counts of one build differ by less than one in a thousand; the rest is room for servicing releases of the compiler.
    private const double Tolerance = 0.03;

    private const string Shape = "2,128,2,384,500";

    private static readonly GgmlType[] s_types = [GgmlType.F32, GgmlType.BF16, GgmlType.Q8_0];

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Strict) { WriteIndented = true };

    /// <summary>Runs it.</summary>
    /// <param name="args">--update writes the counts instead of comparing.</param>
    /// <returns>0; 1 when a count has grown; 3 when nothing could be counted.</returns>
    public static int Run(string[] args)
    {
        var path = ThisProgram.CheckoutFile("bench", "instructions.json") ?? throw new FileNotFoundException("bench/instructions.json: found nothing, expected the counts");
        if (!OperatingSystem.IsLinux() || Paths().All(folder => !File.Exists(Path.Combine(folder, "valgrind"))))
        {
            Console.Error.WriteLine("instructions: found no valgrind on PATH, expected it (Debian: valgrind); nothing was counted");
            return 3;
        }

        var counts = Count();
        if (args.Contains("--update"))
        {
            File.WriteAllText(path, JsonSerializer.Serialize(counts, s_json) + "\n");
            Console.WriteLine($"{path}: {counts.Count} counts");
            return 0;
        }

        var expected = JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(path), s_json)!;
        var grown = 0;
        Console.WriteLine($"{"",-12} {"found",12} {"expected",12} {"ratio",6}   instructions, AVX2, .NET {Environment.Version}");
        foreach (var (name, found) in counts)
        {
            var ratio = (double)found / expected.GetValueOrDefault(name);
            var verdict = ratio > 1 + Tolerance ? $"MORE than {1 + Tolerance:F2}" : ratio < 1 - Tolerance ? "fewer: keep it so with --update" : "";
            Console.WriteLine($"{name,-12} {found,12} {expected.GetValueOrDefault(name),12} {ratio,6:F3} {verdict}".TrimEnd());
            grown += ratio <= 1 + Tolerance ? 0 : 1;
        }

        return grown == 0 ? 0 : 1;
    }

    private static string[] Paths() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, long> Count()
    {
        var folder = Directory.CreateTempSubdirectory("ropewalk-instructions-").FullName;
        try
        {
            var models = s_types.Select(type => Path.Combine(folder, $"{type}.gguf")).ToArray();
            for (var i = 0; i < models.Length; i++)
            {
                ModelGenerator.Write(ModelGenerator.SizesOf(Shape), models[i], s_types[i], filled: true);
            }

            var output = Path.Combine(folder, "callgrind");
            Callgrind(output, models);

            // Dumps are numbered from 1: before a mark pair, between it, and so on.
            var dump = 0;
            return s_types.SelectMany(type => InstructionRun.Counted.Select(what => $"{what} {type}"))
                .ToDictionary(name => name, _ => Total($"{output}.{dump += 2}"), StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Callgrind(string output, string[] models)
    {
        var start = new ProcessStartInfo("valgrind") { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in (string[])["--tool=callgrind", $"--dump-before={MarkFunction}", $"--callgrind-out-file={output}", .. ThisProgram.Start(), "instruction-run", .. models])
        {
            start.ArgumentList.Add(argument);
        }

        // One compilation of each method, no code behind a second mapping, and no reserve of 256 GB of addresses, which valgrind has not.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000";
        start.Environment["DOTNET_EnableAVX512"] = "0";
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0)
        {
            throw new InvalidOperationException($"valgrind: exit code {child.ExitCode}\n{errors}");
        }
    }

    private static long Total(string dump)
    {
        const string Field = "totals: ";
        return long.Parse(File.ReadLines(dump).Last(line => line.StartsWith(Field, StringComparison.Ordinal)).AsSpan(Field.Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
