using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Tests.Positions;

namespace Ropewalk.Tests.Embedding;

public sealed class PoolTests
{
    [SharedFact]
    public void Vectors_are_those_of_longembed()
    {
        var golden = GoldenNumbers.Read("longembed_positions.json").GetProperty("pooling");
        var states = golden.GetProperty("last_hidden_states").EnumerateArray().ToArray();
        var masks = golden.GetProperty("attention_mask").EnumerateArray().Select(m => m.EnumerateArray().Count(i => i.GetInt32() == 1)).ToArray();
        foreach (var (name, pooling) in ((string, Pooling)[])[("avg", Pooling.Mean), ("weightedavg", Pooling.WeightedMean), ("cls", Pooling.Cls), ("last", Pooling.Last)])
        {
            var expected = golden.GetProperty(name).EnumerateArray().ToArray();
            for (var text = 0; text < states.Length; text++)
            {
                var rows = states[text].EnumerateArray().Take(masks[text]).Select(Numbers).ToArray();
                Tests.Kernels.Numbers.Close(Numbers(expected[text]), Pool.Forward(pooling, [.. rows.SelectMany(r => r)], rows[0].Length), 1e-6, $"{name} {text}");
            }
        }
    }

    [SharedFact]
    public void Pieces_are_those_of_longembed()
    {
        var cases = GoldenNumbers.Read("longembed_positions.json").GetProperty("chunking").EnumerateArray().ToArray();
        Assert.Equal(2, cases.Length);
        foreach (var c in cases)
        {
            // Two special tokens go around a piece, and around the text as a whole.
            var (size, most) = (c.GetProperty("CHUNK_SIZE").GetInt32() - 2, c.GetProperty("MAX_TOKEN_NUM").GetInt32());
            var found = new List<int[]>();
            foreach (var count in c.GetProperty("doc_token_counts").EnumerateArray().Select(n => n.GetInt32()))
            {
                var length = most == 0 ? count : Math.Min(count, most - 2);
                found.AddRange(OverlappingChunks.Starts(length, size).Select(start => Enumerable.Range(start, Math.Min(size, length - start)).ToArray()));
            }

            Assert.Equal(c.GetProperty("chunks").EnumerateArray().Select(p => p.EnumerateArray().Select(i => i.GetInt32()).ToArray()), found);
        }
    }

    [Fact]
    public void Maxima_and_left_out_rows()
    {
        float[] rows = [1, -5, 3, -7, 2, -6];
        Assert.Equal([3f, -5f], Pool.Forward(Pooling.Max, rows, 2));
        Assert.Equal([3f, -6f], Pool.Forward(Pooling.Max, rows, 2, firstRow: 1));
        Assert.Equal([2.5f, -6.5f], Pool.Forward(Pooling.Mean, rows, 2, firstRow: 1));
        Assert.Throws<ArgumentException>(() => Pool.Forward(Pooling.Mean, rows, 2, firstRow: 3));
        Assert.Throws<ArgumentException>(() => Pool.Forward(Pooling.Mean, rows, 4));
    }

    private static float[] Numbers(JsonElement row) => [.. row.EnumerateArray().Select(n => n.GetSingle())];
}
