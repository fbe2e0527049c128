using System.Diagnostics;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Tensors;

namespace Ropewalk.Tests.Models;

/// <summary>What is run again and again takes no more memory the thousandth time than the first.</summary>
[Collection(nameof(ThreadCount))]
public sealed class SteadyMemoryTests : IDisposable
{
    private readonly int _before = WorkerPool.NumThreads;
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        WorkerPool.NumThreads = _before;
        _folder.Dispose();
    }

    public static TheoryData<string> Models() => [.. SmallConfigs.All.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Decoding_allocates_nothing(string name)
    {
        const int NumTokens = 100;
        const int Rounds = 6;
        using var model = Model(SmallConfigs.All[name]);
        using var rotary = new RotaryTable(model.Rope.Scaling.At((Rounds + 1) * NumTokens), (Rounds + 1) * NumTokens);
        using var cache = new KeyValueCache(model.Shape, (Rounds + 1) * NumTokens, singlePass: false);
        WorkerPool.NumThreads = 2;
        var sum = 0f;
        LogitsSink sink = (_, logits) => sum += logits[0];
        var tokens = new int[(Rounds + 1) * NumTokens];
        Decode(NumTokens);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Decode(NumTokens);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // All threads of the process are counted, and those of the test's runner allocate now and then: the best round has none of that.
        // An object a token would be 24 bytes times 100 in each.
        Assert.NotEqual(0, sum);
        Assert.InRange(least, 0, 24 * NumTokens / 4);

        void Decode(int count)
        {
            for (var i = 0; i < count; i++)
            {
                model.Forward(tokens.AsSpan(cache.Length, 1), cache, rotary, 0, sink);
            }
        }
    }

    [Fact]
    public void Ten_thousand_cancelled_prefills_leave_memory_where_it_was()
    {
        const int NumTokens = 600;
        using var model = Model(SmallConfigs.All["llama"]);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(NumTokens), NumTokens);
        var tokens = new int[NumTokens];
        WorkerPool.NumThreads = 2;
        var rows = 0;
        for (var i = 0; i < 500; i++)
        {
            CancelOne(i);
        }

        var before = Resident();
        for (var i = 0; i < 10_000; i++)
        {
            CancelOne(i);
        }

        // Each prefill holds 0.7 MB of hidden rows, keys and values: a leak of one in a hundred would be 70 MB.
        Assert.InRange(Resident() - before, long.MinValue, 32 << 20);
        Assert.InRange(rows, 1, int.MaxValue);
        using var whole = new KeyValueCache(model.Shape, NumTokens, singlePass: true);
        model.Forward(tokens, whole, rotary, NumTokens, (_, _) => { });
        Assert.Equal(NumTokens, whole.Length);

        // Before the pass, or in the middle of it: at the first rows of logits.
        void CancelOne(int i)
        {
            using var source = new CancellationTokenSource();
            using var cache = new KeyValueCache(model.Shape, NumTokens, singlePass: true);
            if (i % 20 != 0)
            {
                source.Cancel();
            }

            Assert.ThrowsAny<OperationCanceledException>(() => model.Forward(
                tokens,
                cache,
                rotary,
                0,
                (_, _) =>
                {
                    Interlocked.Increment(ref rows);
                    source.Cancel();
                },
                source.Token));
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private LanguageModel Model(string config)
    {
        RandomCheckpoint.Write(_folder, config, 78);
        return ModelLoader.Load(_folder.Root);
    }
}
