using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Whether a kernel has lost its speed, AVX-512 forms included, which <see cref="InstructionCheck"/> cannot see: ratios of one kernel to another, or to what
/// the processor can do, measured on one thread within milliseconds of each other, against bench/floors.json. The floors are half to
/// two thirds of what is normal, so that a busy machine passes: this sees a loss by a factor and nothing smaller.</summary>
internal static class CheckBenchmark
{
    private const int Attempts = 4;
    private const double Budget = 0.6;
    private const double Slice = 0.03;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Strict) { WriteIndented = true };

    /// <summary>Runs it, and on a machine with AVX-512 once more in a process without.</summary>
    /// <param name="args">--vectors N: the bits that the caller expects of this process.</param>
    /// <returns>0; 1 when a ratio stays below its floor; 3 when there are no floors for this machine's vectors.</returns>
    public static int Run(string[] args)
    {
        var expected = args.Number("--vectors", Machine.VectorBits);
        if (Machine.VectorBits != expected)
        {
            Console.Error.WriteLine($"vectors: found {Machine.VectorBits} bits, expected {expected}; is DOTNET_EnableAVX512 still the switch?");
            return 1;
        }

        var result = Check();
        return result == 0 && Machine.VectorBits == 512 ? Child() : result;
    }

    private static int Child()
    {
        string[] command = [.. ThisProgram.Start(), "check", "--vectors", "256"];
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false };
        start.Environment["DOTNET_EnableAVX512"] = "0";
        using var child = Process.Start(start)!;
        child.WaitForExit();
        return child.ExitCode;
    }

    private static int Check()
    {
        WorkerPool.NumThreads = 1;
        var path = ThisProgram.CheckoutFile("bench", "floors.json") ?? throw new FileNotFoundException("bench/floors.json: found nothing, expected the floors");
        var all = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double>>>(File.ReadAllText(path), s_json)!;
        var form = $"{Machine.VectorBits} bits";
        if (!all.TryGetValue(form, out var floors))
        {
            Console.Error.WriteLine($"{path}: found no floors for vectors of {form}; nothing was checked");
            return 3;
        }

        using var product = new Product(512, 768, 768, GgmlType.F32);
        using var halves = new Product(512, 768, 768, GgmlType.BF16);
        using var bytes = new Product(512, 768, 768, GgmlType.Q8_0);
        using var row = new Product(1, 768, 768, GgmlType.F32);
        using var rowHalves = new Product(1, 768, 768, GgmlType.BF16);
        using var rowBytes = new Product(1, 768, 768, GgmlType.Q8_0);
        using var attention = new AttentionProblem(1, 64, 4096);
        using var shallow = new AttentionProblem(1, 64, 1536);
        var multiplyAdds = new Timed(Machine.FlopsOfLoop, Machine.Loop);
        var many = new Timed(product.Flops, product.Run);
        var one = new Timed(row.Bytes, row.Run);
        const int Queries = 192;
        (string Name, Timed Numerator, Timed Denominator)[] ratios =
        [
            ("product to multiply-adds in registers", many, multiplyAdds),
            ("product of BF16 to F32's", new(halves.Flops, halves.Run), many),
            ("product of Q8_0 to F32's", new(bytes.Flops, bytes.Run), many),
            ("attention to product", new(attention.FlopsOfLastQueries(Queries), () => attention.LastQueries(Queries)), many),
            ("bytes of one row's product to operations in registers", one, multiplyAdds),
            ("one row of BF16 to F32's", new(row.Bytes, rowHalves.Run), one),
            ("one row of Q8_0 to F32's", new(row.Bytes, rowBytes.Run), one),
            ("bytes of one query's attention to one row's product", new(shallow.Bytes, () => shallow.AttendOne(0)), one),
        ];
        var below = 0;
        Console.WriteLine($"{"ratio",-56} {"found",6} {"floor",6}   vectors of {form}, one thread");
        foreach (var (name, numerator, denominator) in ratios)
        {
            var floor = floors[name];
            var found = 0.0;
            for (var attempt = 0; attempt < Attempts && !(found >= floor); attempt++)
            {
                found = Math.Max(found, Ratio(numerator, denominator));
            }

            Console.WriteLine($"{name,-56} {found,6:F2} {floor,6:F2}{(found >= floor ? "" : $"   BELOW in {Attempts} attempts")}");
            below += found >= floor ? 0 : 1;
        }

        return below == 0 ? 0 : 1;
    }

    /// <summary>Best speed to best speed, in turns of a few hundredths of a second.</summary>
    private static double Ratio(Timed numerator, Timed denominator)
    {
        var (above, under) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var spent = 0.0; spent < Budget; spent += 2 * Slice)
        {
            above = Math.Min(above, Clock.Best(Slice, numerator.Run));
            under = Math.Min(under, Clock.Best(Slice, denominator.Run));
        }

        return numerator.Work / above / (denominator.Work / under);
    }

    private sealed record Timed(double Work, Action Run);
}
