using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Attention of one head over a whole sequence with what its gradient needs (2205.14135): the forward keeps one number a query,
/// the logarithm of its softmax's sum, and the backward computes the probabilities of each block again from it. So memory grows with T, not T².
/// As in <see cref="Attention"/> scores lie transposed, [S, T], and a lane is a query.</summary>
internal static unsafe partial class TrainedAttention
{
    /// <summary>Queries that are computed at a time.</summary>
    public const int QueryBlock = MicroKernel.Columns;

    private const int KeyBlock = 128;

    // Finite, so that no lane of a partly masked block becomes a difference of infinities.
    private const float Masked = -1e30f;

    /// <summary>Computes outputs and <see cref="TrainedHead.LogSums"/> of all queries.</summary>
    public static void Forward(TrainedHead head) => Forward(head, 0, head.NumTokens);

    /// <summary>The same for some queries; how they are cut changes no number.</summary>
    /// <param name="head">The head.</param>
    /// <param name="firstQuery">A multiple of <see cref="QueryBlock"/>.</param>
    /// <param name="endQuery">Query after the last.</param>
    public static void Forward(TrainedHead head, int firstQuery, int endQuery)
    {
        var padded = head.PaddedWidth;
        var packedFirst = head.Bands.Min(band => band.FirstOf(firstQuery)) / KeyBlock * KeyBlock;
        var numPacked = head.Bands.Max(band => band.EndOf(endQuery - 1)) - packedFirst;
        var paddedKeys = (numPacked + 7) / 8 * 8;
        var setLength = (long)paddedKeys * padded;
        var keysAt = (long)packedFirst * head.StrideKeys;
        var scratch = Scratch.Current.Get(Scratch.Slot.TrainedHead, ((head.Keys.Length + 1) * setLength) + (((2L * padded) + KeyBlock + 3) * QueryBlock));
        var keys = scratch;
        var values = keys + (head.Keys.Length * setLength);
        var queries = values + setLength;
        var scores = queries + ((long)padded * QueryBlock);
        var output = scores + (KeyBlock * QueryBlock);
        var largest = output + ((long)padded * QueryBlock);
        var sums = largest + QueryBlock;
        var correction = sums + QueryBlock;
        for (var set = 0; set < head.Keys.Length; set++)
        {
            PackTiles((float*)head.Keys[set] + keysAt, numPacked, head.StrideKeys, head.HeadWidth, keys + (set * setLength));
        }

        PackGroups(head.Values + keysAt, numPacked, head.StrideKeys, head.HeadWidth, values);
        for (var query = firstQuery; query < endQuery; query += QueryBlock)
        {
            var numQueries = Math.Min(QueryBlock, endQuery - query);
            var width = MicroKernel.PanelWidth(numQueries);
            new Span<float>(output, padded * width).Clear();
            new Span<float>(largest, width).Fill(Masked);
            new Span<float>(sums, width).Clear();
            foreach (ref readonly var band in head.Bands.AsSpan())
            {
                var numKeys = band.EndOf(query + numQueries - 1);
                if (numKeys <= band.FirstOf(query))
                {
                    continue;
                }

                PackLanes((float*)band.Queries + ((long)query * head.StrideQueries), numQueries, head.StrideQueries, head.HeadWidth, width, queries);
                for (var firstKey = band.FirstOf(query) / KeyBlock * KeyBlock; firstKey < numKeys; firstKey += KeyBlock)
                {
                    var count = (Math.Min(KeyBlock, numKeys - firstKey) + 7) / 8 * 8;
                    Scores(keys + (band.KeySet * setLength) + ((long)(firstKey - packedFirst) * padded), count, padded, queries, width, scores);
                    MaskPartly(scores, firstKey, count, width, query, numQueries, band);
                    if (Softmax(scores, count, width, largest, sums, correction))
                    {
                        Multiply(output, padded, width, correction);
                    }

                    for (var group = 0; group < padded; group += 8)
                    {
                        var tile = values + ((((long)group / 8 * paddedKeys) + firstKey - packedFirst) * 8);
                        MicroKernel.Tile(count, width, tile, scores, output + (group * width), width, accumulate: true);
                    }
                }
            }

            for (var lane = 0; lane < numQueries; lane++)
            {
                head.LogSums[query + lane] = largest[lane] + MathF.Log2(sums[lane]);
                sums[lane] = 1f / sums[lane];
            }

            Multiply(output, padded, width, sums);
            UnpackLanes(output, width, numQueries, head.HeadWidth, head.Output + ((long)query * head.StrideQueries), head.StrideQueries);
        }
    }

    /// <summary>scores[S, T] of a block of keys.</summary>
    private static void Scores(float* keyTiles, int count, int padded, float* lanes, int width, float* scores)
    {
        for (var key = 0; key < count; key += 8)
        {
            MicroKernel.Tile(padded, width, keyTiles + ((long)key * padded), lanes, scores + (key * width), width, accumulate: false);
        }
    }

    /// <summary>Hides what a query of the block does not see, where that is not nothing.</summary>
    private static void MaskPartly(float* scores, int firstKey, int count, int width, int query, int numQueries, in TrainedBand band)
    {
        if (band.EndOf(query) >= firstKey + count && band.FirstOf(query + numQueries - 1) <= firstKey)
        {
            return;
        }

        // Ranges only move on, so for each key the queries that see it are consecutive lanes.
        var (ended, begun) = (0, 0);
        for (var key = 0; key < count; key++)
        {
            while (ended < numQueries && band.EndOf(query + ended) <= firstKey + key)
            {
                ended++;
            }

            while (begun < numQueries && band.FirstOf(query + begun) <= firstKey + key)
            {
                begun++;
            }

            var row = scores + (key * width);
            new Span<float>(row, ended == numQueries ? width : ended).Fill(Masked);
            new Span<float>(row + begun, width - begun).Fill(Masked);
        }
    }

    /// <summary>Rows as tiles [T/8][K][8]: what stands left in a product over K.</summary>
    private static void PackTiles(float* rows, int numRows, int stride, int headWidth, float* tiles)
    {
        var padded = (headWidth + 7) / 8 * 8;
        for (var row = 0; row < numRows; row += 8, tiles += padded * 8)
        {
            var valid = Math.Min(8, numRows - row);
            if (valid < 8 || headWidth < padded)
            {
                new Span<float>(tiles, padded * 8).Clear();
            }

            var source = rows + ((long)row * stride);
            if (valid == 8)
            {
                MatMul.TransposeTile(source, stride, headWidth, tiles, 8);
                continue;
            }

            for (var i = 0; i < valid; i++)
            {
                for (var k = 0; k < headWidth; k++)
                {
                    tiles[(k * 8) + i] = source[((long)i * stride) + k];
                }
            }
        }
    }

    /// <summary>Rows as groups of columns [K/8][T][8]: what stands left in a product over rows.</summary>
    private static void PackGroups(float* rows, int numRows, int stride, int headWidth, float* groups)
    {
        var paddedRows = (numRows + 7) / 8 * 8;
        for (var k = 0; k < headWidth; k += 8)
        {
            var valid = Math.Min(8, headWidth - k);
            for (var row = 0; row < numRows; row++, groups += 8)
            {
                var source = rows + ((long)row * stride) + k;
                if (valid == 8)
                {
                    Vector256.Store(Vector256.Load(source), groups);
                }
                else
                {
                    new ReadOnlySpan<float>(source, valid).CopyTo(new Span<float>(groups, valid));
                    new Span<float>(groups + valid, 8 - valid).Clear();
                }
            }

            new Span<float>(groups, (paddedRows - numRows) * 8).Clear();
            groups += (paddedRows - numRows) * 8;
        }
    }

    /// <summary>Up to 48 rows as columns, [K][width].</summary>
    private static void PackLanes(float* rows, int numRows, int stride, int headWidth, int width, float* lanes)
    {
        var padded = (headWidth + 7) / 8 * 8;
        if (numRows < width || headWidth < padded)
        {
            new Span<float>(lanes, padded * width).Clear();
        }

        var row = 0;
        for (; row + 8 <= numRows; row += 8)
        {
            MatMul.TransposeTile(rows + ((long)row * stride), stride, headWidth, lanes + row, width);
        }

        for (; row < numRows; row++)
        {
            for (var k = 0; k < headWidth; k++)
            {
                lanes[(k * width) + row] = rows[((long)row * stride) + k];
            }
        }
    }

    /// <summary>Columns back as rows.</summary>
    private static void UnpackLanes(float* lanes, int width, int numRows, int headWidth, float* rows, int stride)
    {
        var k = 0;
        for (; k + 8 <= headWidth; k += 8)
        {
            MatMul.TransposeTile(lanes + (k * width), width, numRows, rows + k, stride);
        }

        for (; k < headWidth; k++)
        {
            for (var row = 0; row < numRows; row++)
            {
                rows[((long)row * stride) + k] = lanes[(k * width) + row];
            }
        }
    }

    /// <summary>Turns scores into 2^(score - largest so far), adds them up by lane, and writes by how much what came before must shrink.
    /// Returns whether any lane's largest grew.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Softmax(float* scores, int count, int width, float* largest, float* sums, float* correction)
    {
        var grew = false;
        for (var lane = 0; lane < width; lane += 16)
        {
            var before = Vector512.Load(largest + lane);
            var most = before;
            for (var key = 0; key < count; key++)
            {
                most = Vector512.Max(most, Vector512.Load(scores + (key * width) + lane));
            }

            most.Store(largest + lane);
            var shrink = VectorMath.Exp2(before - most);
            shrink.Store(correction + lane);
            grew |= !Vector512.EqualsAll(before, most);
            var sum = Vector512.Load(sums + lane) * shrink;
            for (var key = 0; key < count; key++)
            {
                var at = scores + (key * width) + lane;
                var p = VectorMath.Exp2(Vector512.Load(at) - most);
                p.Store(at);
                sum += p;
            }

            sum.Store(sums + lane);
        }

        return grew;
    }

    /// <summary>Multiplies each lane of [K][width] by its factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* lanes, int padded, int width, float* factors)
    {
        for (var lane = 0; lane < width; lane += 16)
        {
            var factor = Vector512.Load(factors + lane);
            for (var k = 0; k < padded; k++)
            {
                var at = lanes + (k * width) + lane;
                (Vector512.Load(at) * factor).Store(at);
            }
        }
    }
}
