using System.Text.Json;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Tensors;

[Collection(nameof(ThreadCount))]
public sealed class WorkerPoolTests : IDisposable
{
    private static readonly int[] s_threads = [1, 2, 3, 5];
    private readonly int _before = WorkerPool.NumThreads;

    public void Dispose() => WorkerPool.NumThreads = _before;

    [Fact]
    public void Every_iteration_runs_once_and_a_loop_inside_a_loop_too()
    {
        foreach (var threads in s_threads)
        {
            WorkerPool.NumThreads = threads;
            foreach (var count in (int[])[0, 1, 2, 7, 1000])
            {
                var outer = new int[count];
                var inner = new int[count * 3];
                WorkerPool.For(count, i =>
                {
                    Interlocked.Increment(ref outer[i]);
                    WorkerPool.For(3, j => Interlocked.Increment(ref inner[(i * 3) + j]));
                });
                Assert.All(outer, n => Assert.Equal(1, n));
                Assert.All(inner, n => Assert.Equal(1, n));
            }
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on()
    {
        foreach (var threads in s_threads)
        {
            WorkerPool.NumThreads = threads;
            for (var round = 0; round < 20; round++)
            {
                var error = Assert.Throws<InvalidDataException>(() => WorkerPool.For(50, i =>
                {
                    if (i == 7)
                    {
                        throw new InvalidDataException("seven");
                    }
                }));
                Assert.Equal("seven", error.Message);
                var sum = 0;
                WorkerPool.For(100, i => Interlocked.Add(ref sum, i));
                Assert.Equal(4950, sum);
            }
        }
    }

    [Fact]
    public void Loops_of_several_threads_do_not_mix()
    {
        WorkerPool.NumThreads = 3;
        var sums = new int[8];
        var threads = Enumerable.Range(0, sums.Length).Select(t => new Thread(() => WorkerPool.For(1000, _ => Interlocked.Add(ref sums[t], t)))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(Enumerable.Range(0, sums.Length).Select(t => 1000 * t), sums);
    }

    [Fact]
    public void Numbers_of_threads_that_make_no_sense_are_refused()
    {
        foreach (var count in (int[])[int.MinValue, -1, 0, WorkerPool.MaxThreads + 1, 10_000, int.MaxValue])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.NumThreads = count);
        }
    }

    [Fact]
    public void Losses_do_not_depend_on_the_number_of_threads_even_where_widths_are_odd()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama { Hidden = 26, Heads = 3, KeyValueHeads = 1, HeadDim = 10, FeedForward = 37, Vocabulary = 51 }.Fill(9).Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        SameForAllThreads(model, [.. ((int[])[100, 256, 700]).Select(n => Enumerable.Range(0, n).Select(i => i * 31 % 51).ToArray())]);
    }

    [SharedFact]
    public void Losses_of_a_real_model_do_not_depend_on_the_number_of_threads()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "model_nll.json")));
        var tokens = golden.RootElement.GetProperty("cases").EnumerateArray().Where(c => c.GetProperty("model").GetString() == "llama2xs")
            .Select(c => c.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()).ToArray()).MaxBy(t => t.Length)!;
        var text = Enumerable.Range(0, 1000).Select(i => tokens[i % tokens.Length]).ToArray();
        using var model = ModelLoader.Load(SharedData.Path("data", "models", "llama2xs"));
        SameForAllThreads(model, [text[..100], text[..256], text]);
    }

    [Fact]
    public void A_cancelled_evaluation_stops_and_the_next_one_runs()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama().Fill(9).Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies());
        var windows = Enumerable.Range(0, 4).Select(_ => new int[60]).ToArray();
        foreach (var threads in (int[])[1, 3])
        {
            WorkerPool.NumThreads = threads;
            using var source = new CancellationTokenSource();
            var evaluator = new Evaluator(model) { WindowDone = _ => source.Cancel() };
            Assert.ThrowsAny<OperationCanceledException>(() => evaluator.Losses(windows, frequencies, source.Token));
            Assert.InRange(evaluator.TokensEvaluated, 60, 60 * threads);
            Assert.Equal(4, new Evaluator(model).Losses(windows, frequencies).Length);
        }
    }

    /// <summary>Several windows at once, and each alone, under each number of threads.</summary>
    private static void SameForAllThreads(LanguageModel model, int[][] windows)
    {
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies());
        WorkerPool.NumThreads = 1;
        var expected = new Evaluator(model).Losses(windows, frequencies);
        foreach (var threads in s_threads)
        {
            WorkerPool.NumThreads = threads;
            var together = new Evaluator(model).Losses(windows, frequencies);
            for (var w = 0; w < windows.Length; w++)
            {
                Assert.Equal(windows[w].Length - 1, together[w].Length);
                Numbers.Same(expected[w], together[w], $"{threads} threads, window {w} of {windows[w].Length} among others");
                Numbers.Same(expected[w], new Evaluator(model).Losses([windows[w]], frequencies)[0], $"{threads} threads, window {w} of {windows[w].Length} alone");
            }
        }
    }
}
