using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>BenchmarkDotNet over every class of this folder, in this process: the kernels are internal, and a generated project would not see them.</summary>
internal static class KernelBenchmarks
{
    // The diagnoser counts the whole process, in steps of what a thread takes from the heap at once: a few such steps are nobody's calls, and less
    // than an object a call is no allocation of the kernel's. Tests have the exact count.
    private const long LeastBytes = 1 << 15;
    private const long LeastObject = 24;

    /// <summary>Runs it.</summary>
    /// <param name="args">BenchmarkDotNet's own, --filter '*MatMul*' for one; without any, all cases.</param>
    /// <returns>0; 1 when a case failed or a kernel allocated.</returns>
    public static int Run(string[] args)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3).WithIterationCount(9).WithIterationTime(TimeInterval.FromMilliseconds(100));
        var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(ConsoleLogger.Default).AddExporter(MarkdownExporter.Console)
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
            .AddColumn(new RateColumn()).WithOption(ConfigOptions.JoinSummary, value: true);
        var summaries = BenchmarkSwitcher.FromTypes([.. Types()]).Run(args.Length == 0 ? ["--filter", "*"] : args, config).ToArray();
        var reports = summaries.SelectMany(s => s.Reports).ToArray();
        var wrong = 0;
        foreach (var report in reports.Where(r => !r.Success || Allocates(r)))
        {
            Console.Error.WriteLine($"{report.BenchmarkCase.DisplayInfo}: {(report.Success ? $"{report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)} bytes allocated a call, expected 0" : "failed")}");
            wrong++;
        }

        return wrong == 0 && summaries.All(s => !s.HasCriticalValidationErrors) ? 0 : 1;
    }

    private static bool Allocates(BenchmarkReport report) =>
        report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is >= LeastObject and var bytes && bytes * report.GcStats.TotalOperations >= LeastBytes;

    private static IEnumerable<Type> Types() =>
        typeof(KernelBenchmark).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(KernelBenchmark))).OrderBy(t => t.Name, StringComparer.Ordinal);
}
