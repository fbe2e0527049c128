using System.Diagnostics;
using System.Runtime.InteropServices;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>The matrix product against OpenBLAS in one process, in alternating rounds, at the shapes of a llama of 134 million parameters
/// (width 768, feed-forward 2048, vocabulary 32000) for windows of 512 and 2048 tokens. Our weights are packed once, as an engine keeps them; packing
/// of the activations is inside the clock on both sides. Medians of GFLOP/s.</summary>
internal static unsafe partial class GemmBenchmark
{
    private const int Rounds = 7;
    private const int CallsOfRound = 3;

    public static int Run(string[] args)
    {
        var peer = NativeLibrary.TryLoad("libopenblas.so.0", out _);
        Console.WriteLine(peer ? $"peer: {Marshal.PtrToStringAnsi(Config())}" : "peer: libopenblas.so.0 is absent (Debian: libopenblas0-pthread); our figures only");
        Console.WriteLine($"{"threads",7} {"M",6} {"N",6} {"K",6} {"ours",8} {"OpenBLAS",9} {"ratio",6}   GFLOP/s, medians of {Rounds * CallsOfRound} calls");
        (int N, int K)[] shapes = [(768, 768), (2304, 768), (2048, 768), (768, 2048), (32000, 768)];
        var worst = double.PositiveInfinity;
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            WorkerPool.NumThreads = threads;
            if (peer)
            {
                SetThreads(threads);
            }

            // New threads start on whichever processor; the system spreads them within a while.
            Measure(1024, 1024, 1024, peer);

            foreach (var m in new[] { 512, 2048 })
            {
                foreach (var (n, k) in shapes)
                {
                    if (n == 32000 && m > 512)
                    {
                        continue;
                    }

                    var (ours, theirs) = Measure(m, n, k, peer);
                    worst = Math.Min(worst, ours / theirs);
                    Console.WriteLine($"{threads,7} {m,6} {n,6} {k,6} {ours,8:F1} {theirs,9:F1} {ours / theirs,6:F2}");
                }
            }
        }

        if (peer)
        {
            Console.WriteLine($"smallest ratio: {worst:F2}");
        }

        return 0;
    }

    private static (double Ours, double Theirs) Measure(int m, int n, int k, bool peer)
    {
        var random = new Random(1);
        using var x = new NativeBuffer<float>((long)m * k);
        using var w = new NativeBuffer<float>((long)n * k);
        using var y = new NativeBuffer<float>((long)m * n);
        for (long i = 0; i < x.Length; i++)
        {
            x.Pointer[i] = random.NextSingle() - 0.5f;
        }

        for (long i = 0; i < w.Length; i++)
        {
            w.Pointer[i] = random.NextSingle() - 0.5f;
        }

        using var packed = new PackedMatrix(n, k, GgmlType.F32);
        for (var panel = 0; panel < packed.NumPanels; panel++)
        {
            packed.SetPanel(panel, w.Span((long)panel * MicroKernel.Columns * k, packed.RowsOf(panel) * k));
        }

        var ours = new List<double>();
        var theirs = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            // OpenBLAS spins for 2^28 ticks (some 100 ms) after a call and would hold the processor that our threads need.
            Thread.Sleep(200);
            Time(ours, () => MatMul.ForwardParallel(x.Pointer, m, k, packed, y.Pointer, n, accumulate: false));
            if (peer)
            {
                Time(theirs, () => Sgemm(101, 111, 112, m, n, k, 1, x.Pointer, k, w.Pointer, k, 0, y.Pointer, n));
            }
        }

        var flops = 2.0 * m * n * k / 1e9;
        return (flops / Median(ours), peer ? flops / Median(theirs) : double.NaN);
    }

    /// <summary>Calls for 50 ms, then the timed ones: a thread that slept begins on its waker's processor, and the system takes a few milliseconds
    /// to move it. In a model call follows call.</summary>
    private static void Time(List<double> seconds, Action multiply)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 50;)
        {
            multiply();
        }

        for (var repeat = 0; repeat < CallsOfRound; repeat++)
        {
            var start = Stopwatch.GetTimestamp();
            multiply();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    private static double Median(List<double> seconds) => seconds.Order().ElementAt(seconds.Count / 2);

    [LibraryImport("libopenblas.so.0", EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport("libopenblas.so.0", EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int count);

    [LibraryImport("libopenblas.so.0", EntryPoint = "openblas_get_config")]
    private static partial IntPtr Config();
}
