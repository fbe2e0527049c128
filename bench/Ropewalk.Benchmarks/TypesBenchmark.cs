using System.Diagnostics;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Products with weights kept in each stored type, in alternating rounds, at the shapes of a llama of 134 million parameters: prefills of
/// 192 and 512 rows and the one row of a generated token. Times are relative to float32's: what a type costs over 1.00 is its widening. The best
/// call of each is taken: calls are short, and another process's turn is many times as long.</summary>
internal static unsafe class TypesBenchmark
{
    private const int Rounds = 25;

    private static readonly GgmlType[] s_types =
        [GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K];

    private static readonly (int N, int K)[] s_shapes = [(768, 768), (2048, 768), (768, 2048)];

    public static int Run()
    {
        Console.WriteLine($"{"threads",7} {"M",4} {"N",5} {"K",5} {"F32 us",8}   time relative to F32, each the best call of {Rounds} rounds");
        Console.WriteLine($"{string.Empty,33}{string.Concat(s_types.Skip(1).Select(t => $"{t,6}"))}");
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            WorkerPool.NumThreads = threads;
            foreach (var m in (int[])[1, 192, 512])
            {
                foreach (var (n, k) in m == 1 ? [.. s_shapes, (32000, 768)] : s_shapes)
                {
                    var best = Measure(m, n, k);
                    Console.WriteLine($"{threads,7} {m,4} {n,5} {k,5} {best[0] * 1e6,8:F0} {string.Concat(best.Skip(1).Select(t => $"{t / best[0],6:F2}"))}");
                }
            }
        }

        return 0;
    }

    private static double[] Measure(int m, int n, int k)
    {
        using var x = RandomNumbers.Buffer((long)m * k, seed: 1);
        using var y = new NativeBuffer<float>((long)m * n);
        var weights = s_types.Select(t => RandomNumbers.Weight(t, n, k)).ToArray();
        var best = s_types.Select(_ => double.PositiveInfinity).ToArray();
        var calls = Math.Clamp(40_000_000 / (m * n * k), 3, 50);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                MatMul.ForwardParallel(x.Pointer, m, k, weights[i], y.Pointer, n, accumulate: false);
                for (var call = 0; call < calls; call++)
                {
                    var start = Stopwatch.GetTimestamp();
                    MatMul.ForwardParallel(x.Pointer, m, k, weights[i], y.Pointer, n, accumulate: false);
                    best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }
        }

        foreach (var weight in weights)
        {
            weight.Dispose();
        }

        return best;
    }
}
