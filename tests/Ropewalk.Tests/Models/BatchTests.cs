using System.Collections.Concurrent;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Tensors;

namespace Ropewalk.Tests.Models;

/// <summary>Several sequences in one pass, and passes over prepared tokens: the logits are those of a sequence alone, bit for bit.</summary>
[Collection(nameof(ThreadCount))]
public sealed class BatchTests : IDisposable
{
    private static readonly int[] s_lengths = [7, 1, 48, 130, 200, 3, 95];
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
    public void Sequences_of_a_batch_are_as_alone_in_prefill_and_in_decoding(string name)
    {
        using var model = Model(name);
        var texts = Texts(model, extra: 3);
        var expected = texts.Select(t => ModelLogits.Of(model, t)).ToArray();
        foreach (var threads in (int[])[1, 2, 5])
        {
            WorkerPool.NumThreads = threads;
            using var batch = new Batch(model, texts);
            batch.Run(s_lengths);
            batch.Run([.. s_lengths.Select(_ => 1)]);
            batch.Run([.. s_lengths.Select(_ => 2)]);
            for (var s = 0; s < texts.Length; s++)
            {
                Assert.Equal(texts[s].Length, batch.Caches[s].Length);
                for (var t = 0; t < texts[s].Length; t++)
                {
                    Numbers.Same(expected[s][t], batch.Logits[(s, t)], $"{threads} threads, sequence {s}, token {t}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Prepared_tokens_have_the_same_logits(string name)
    {
        using var model = Model(name);
        var texts = Texts(model, extra: 0);
        foreach (var threads in (int[])[1, 3])
        {
            WorkerPool.NumThreads = threads;
            using var batch = new Batch(model, texts);
            var prepared = texts.Select(t => model.Prepare(t)).ToArray();
            batch.Run(s_lengths, prepared);
            for (var s = 0; s < texts.Length; s++)
            {
                Assert.Equal(texts[s].Length, prepared[s].Length);
                var expected = ModelLogits.Of(model, texts[s]);
                for (var t = 0; t < texts[s].Length; t++)
                {
                    Numbers.Same(expected[t], batch.Logits[(s, t)], $"{threads} threads, sequence {s}, token {t}");
                }

                prepared[s].Dispose();
            }
        }
    }

    [Fact]
    public void Each_sequence_gives_the_logits_that_it_was_asked_for()
    {
        using var model = Model("llama");
        var texts = Texts(model, extra: 0);
        var expected = texts.Select(t => ModelLogits.Of(model, t)).ToArray();
        using var batch = new Batch(model, texts);

        // The last token's, none, all, the last half ... in turn.
        int[] first = [6, 1, 0, 65, 200, 2, 94];
        batch.Run(s_lengths, firstRows: first);
        for (var s = 0; s < texts.Length; s++)
        {
            for (var t = 0; t < texts[s].Length; t++)
            {
                Assert.Equal(t >= first[s], batch.Logits.ContainsKey((s, t)));
                if (t >= first[s])
                {
                    Numbers.Same(expected[s][t], batch.Logits[(s, t)], $"sequence {s}, token {t}");
                }
            }
        }
    }

    [Fact]
    public void A_batch_of_nothing_is_no_work_and_a_bad_one_is_refused_before_any()
    {
        using var model = Model("llama");
        model.Forward([]);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(8), 8);
        using var first = new KeyValueCache(model.Shape, 8, singlePass: false);
        using var second = new KeyValueCache(model.Shape, 8, singlePass: false);
        using var prepared = model.Prepare([1, 2]);
        LogitsSink sink = (_, _) => Assert.Fail("logits of a refused batch");
        var good = new SequenceInput(new[] { 1, 2 }, first, rotary, 0, sink);
        var other = good with { Cache = second };
        Refuses("sequence 2 of 2 has no tokens", [good, other with { Tokens = Array.Empty<int>() }]);
        Refuses("share a cache", [good, good]);
        Refuses("sequence 2 of 2: expected a whole sequence's own prepared tokens", [good, other with { Prepared = prepared }]);
        Refuses("sequence 2 of 2: expected a whole sequence's own prepared tokens", [good with { Prepared = prepared }, other]);
        Refuses("sequence 1 of 1: expected a whole sequence's own prepared tokens", [good with { Prepared = prepared, Tokens = new[] { 1 } }]);
        Refuses("capacity", [good, other with { Tokens = new int[9] }]);
        Refuses("firstRow", [good, other with { FirstRow = 3 }]);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Prepare([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Prepare([-1]));
        Assert.Equal(0, first.Length);
        Assert.Equal(0, second.Length);

        void Refuses(string fragment, SequenceInput[] batch) =>
            Assert.Contains(fragment, Assert.ThrowsAny<ArgumentException>(() => model.Forward(batch)).Message, StringComparison.OrdinalIgnoreCase);
    }

    private LanguageModel Model(string name)
    {
        RandomCheckpoint.Write(_folder, SmallConfigs.All[name], 77);
        return ModelLoader.Load(_folder.Root);
    }

    private static int[][] Texts(LanguageModel model, int extra) =>
        [.. s_lengths.Select((length, s) => Enumerable.Range(0, length + extra).Select(t => ((t * 31) + (s * 7)) % model.Shape.VocabularySize).ToArray())];

    /// <summary>One cache and one set of angles for each text, and the logits by sequence and token.</summary>
    private sealed class Batch : IDisposable
    {
        private readonly LanguageModel _model;
        private readonly int[][] _texts;
        private readonly RotaryTable[] _rotary;

        public Batch(LanguageModel model, int[][] texts)
        {
            _model = model;
            _texts = texts;
            _rotary = [.. texts.Select(t => new RotaryTable(model.Rope.Scaling.At(t.Length), t.Length))];
            Caches = [.. texts.Select(t => new KeyValueCache(model.Shape, t.Length, singlePass: false))];
        }

        public KeyValueCache[] Caches { get; }

        public ConcurrentDictionary<(int Sequence, int Token), float[]> Logits { get; } = [];

        public void Run(int[] counts, PreparedTokens[]? prepared = null, int[]? firstRows = null) =>
            _model.Forward([.. _texts.Select((text, s) =>
            {
                var start = Caches[s].Length;
                return new SequenceInput(text.AsMemory(start, counts[s]), Caches[s], _rotary[s], firstRows?[s] ?? 0, (row, logits) => Assert.True(Logits.TryAdd((s, start + row), logits.ToArray())))
                {
                    Prepared = prepared?[s],
                };
            })]);

        public void Dispose()
        {
            foreach (var item in Caches.Cast<IDisposable>().Concat(_rotary))
            {
                item.Dispose();
            }
        }
    }
}
