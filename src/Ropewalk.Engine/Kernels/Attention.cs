using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Attention of a block of queries of one head over packed keys and values, with an online softmax (1805.02867, 2205.14135).
/// Scores are computed transposed, scores[S, T]: a lane is a query, so maxima and sums run down the lanes, and the block of
/// probabilities is the B panel of out[K, T] += values[K, S] probabilities[S, T]. Memory is a few blocks, whatever the length.</summary>
internal static unsafe partial class Attention
{
    /// <summary>Queries of one block.</summary>
    public const int QueryBlock = MicroKernel.Columns;

    /// <summary>Keys of one block. Part of the arithmetic: blocks begin at multiples of it.</summary>
    public const int KeyBlock = 128;

    // Finite, so that no lane of a partly masked block becomes a difference of infinities.
    private const float Masked = -1e30f;

    /// <summary>Floats of scratch that a block needs for a padded head width.</summary>
    public static long ScratchLength(int paddedHeadWidth) =>
        ((2L * paddedHeadWidth) + KeyBlock + 3) * QueryBlock;

    /// <summary>Begins a block of queries: nothing is seen yet.</summary>
    /// <param name="scratch">Working memory, <see cref="ScratchLength"/> floats. It begins with the queries, [paddedK][width], which
    /// the caller puts there before each <see cref="Accumulate"/>; width is <see cref="MicroKernel.PanelWidth"/> of their number.</param>
    /// <param name="numQueries">Queries in the block, at most 48.</param>
    /// <param name="paddedHeadWidth">K rounded up to a multiple of 8.</param>
    public static void Begin(float* scratch, int numQueries, int paddedHeadWidth)
    {
        var width = MicroKernel.PanelWidth(numQueries);
        var output = scratch + ((paddedHeadWidth + KeyBlock) * (long)QueryBlock);
        var largest = output + ((long)paddedHeadWidth * QueryBlock);
        new Span<float>(output, paddedHeadWidth * width).Clear();
        new Span<float>(largest, width).Fill(Masked);
        new Span<float>(largest + QueryBlock, width).Clear();
    }

    /// <summary>Attends the queries that <paramref name="scratch"/> holds to a range of keys each. Blocks that no query sees are not computed.
    /// Several calls, with other queries and keys, are one softmax.</summary>
    /// <param name="scratch">Rotated queries, scaled by log2(e)/sqrt(K), and working memory.</param>
    /// <param name="numQueries">Queries in the block, at most 48.</param>
    /// <param name="first">First key of each query; never falls from one query to the next.</param>
    /// <param name="end">Key after the last of each query; never falls; not above <paramref name="first"/> where the query sees none.</param>
    /// <param name="panels">Keys and values; the padding of queries is zero like theirs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* scratch, int numQueries, long* first, long* end, in HeadPanels panels)
    {
        var paddedHeadWidth = panels.PaddedHeadWidth;
        var widened = panels.Type == GgmlType.F32 ? null : Scratch.Current.Get(Scratch.Slot.WidenedKeys, (long)KeyBlock * paddedHeadWidth);
        var width = MicroKernel.PanelWidth(numQueries);
        var queries = scratch;
        var scores = queries + ((long)paddedHeadWidth * QueryBlock);
        var output = scores + (KeyBlock * QueryBlock);
        var largest = output + ((long)paddedHeadWidth * QueryBlock);
        var sums = largest + QueryBlock;
        var correction = sums + QueryBlock;
        var numKeys = end[numQueries - 1];
        for (var firstKey = first[0] / KeyBlock * KeyBlock; firstKey < numKeys; firstKey += KeyBlock)
        {
            var tiles = (int)((Math.Min(KeyBlock, numKeys - firstKey) + 7) / 8);
            var count = tiles * 8;
            var panel = panels.AsSingles(panels.KeysAt(firstKey), count * paddedHeadWidth, widened);
            for (var tile = 0; tile < tiles; tile++)
            {
                for (var group = 0; group < paddedHeadWidth / 8; group++)
                {
                    Prefetch.Bytes(panels.ValuesAt(group, firstKey + (tile * 8)), 8 * 8 * panels.Size);
                }

                MicroKernel.Tile(paddedHeadWidth, width, panel + ((long)tile * 8 * paddedHeadWidth), queries, scores + (tile * 8 * width), width, accumulate: false);
            }

            // A lane that sees nothing of its first blocks sums up noise, which the correction of its first visible key brings to zero.
            if (end[0] < firstKey + count || first[numQueries - 1] > firstKey)
            {
                Mask(scores, firstKey, count, width, numQueries, first, end);
            }

            if (Softmax(scores, count, width, largest, sums, correction))
            {
                Rescale(output, paddedHeadWidth, width, correction);
            }

            for (var block = 0; block < paddedHeadWidth; block += 8)
            {
                if (firstKey + KeyBlock < numKeys)
                {
                    Prefetch.Bytes(panels.KeysAt(firstKey + KeyBlock) + (block * KeyBlock * panels.Size), 8 * KeyBlock * panels.Size);
                }

                var values = panels.AsSingles(panels.ValuesAt(block / 8, firstKey), count * 8, widened);
                MicroKernel.Tile(count, width, values, scores, output + (block * width), width, accumulate: true);
            }
        }
    }

    /// <summary>Divides by the sums of the softmax.</summary>
    /// <param name="scratch">Working memory.</param>
    /// <param name="numQueries">Queries in the block; each has seen at least one key.</param>
    /// <param name="paddedHeadWidth">K rounded up to a multiple of 8.</param>
    /// <param name="headWidth">K.</param>
    /// <param name="out0">Output of the first query, K numbers.</param>
    /// <param name="strideOut">Floats from one query's output to the next.</param>
    public static void End(float* scratch, int numQueries, int paddedHeadWidth, int headWidth, float* out0, int strideOut)
    {
        var width = MicroKernel.PanelWidth(numQueries);
        var output = scratch + ((paddedHeadWidth + KeyBlock) * (long)QueryBlock);
        var sums = output + ((long)paddedHeadWidth * QueryBlock) + QueryBlock;
        for (var lane = 0; lane < width; lane++)
        {
            sums[lane] = 1f / sums[lane];
        }

        // Eight entries of a query at a time, so that a line of the output is written in one piece and the block is read along its rows.
        for (var k = 0; k < headWidth; k += 8)
        {
            var entries = Math.Min(8, headWidth - k);
            var from = output + (k * width);
            for (var query = 0; query < numQueries; query++)
            {
                var scale = sums[query];
                var row = out0 + ((long)query * strideOut) + k;
                for (var i = 0; i < entries; i++)
                {
                    row[i] = from[(i * width) + query] * scale;
                }
            }
        }
    }

    /// <summary>The definition, query by query in float64: what the blocks are tested against.</summary>
    /// <param name="queriesTK">Rotated queries, scaled by 1/sqrt(K).</param>
    /// <param name="keysSK">Rotated keys.</param>
    /// <param name="valuesSK">Values.</param>
    /// <param name="headWidth">K.</param>
    /// <param name="firstPosition">Index of the first query's own key.</param>
    /// <param name="outTK">Output.</param>
    /// <param name="window">Keys that a query sees, its own included; 0 for all.</param>
    public static void Reference(
        ReadOnlySpan<float> queriesTK, ReadOnlySpan<float> keysSK, ReadOnlySpan<float> valuesSK, int headWidth, int firstPosition, Span<float> outTK, int window = 0)
    {
        for (var t = 0; t < queriesTK.Length / headWidth; t++)
        {
            var count = firstPosition + t + 1;
            var first = window == 0 ? 0 : Math.Max(0, count - window);
            var weights = new double[count];
            for (var s = first; s < count; s++)
            {
                for (var k = 0; k < headWidth; k++)
                {
                    weights[s] += (double)queriesTK[(t * headWidth) + k] * keysSK[(s * headWidth) + k];
                }
            }

            var most = weights.Skip(first).Max();
            var total = 0d;
            for (var s = first; s < count; s++)
            {
                weights[s] = Math.Exp(weights[s] - most);
                total += weights[s];
            }

            for (var k = 0; k < headWidth; k++)
            {
                var sum = 0d;
                for (var s = first; s < count; s++)
                {
                    sum += weights[s] * valuesSK[(s * headWidth) + k];
                }

                outTK[(t * headWidth) + k] = (float)(sum / total);
            }
        }
    }

    /// <summary>Hides each key from the queries whose range has ended before it and from those whose range begins after it: the first and the last lanes.</summary>
    private static void Mask(float* scores, long firstKey, int count, int width, int numQueries, long* first, long* end)
    {
        var ended = 0;
        var begun = 0;
        for (var j = 0; j < count; j++)
        {
            while (ended < numQueries && end[ended] <= firstKey + j)
            {
                ended++;
            }

            while (begun < numQueries && first[begun] <= firstKey + j)
            {
                begun++;
            }

            var row = scores + (j * width);
            if (ended > 0)
            {
                new Span<float>(row, ended == numQueries ? width : ended).Fill(Masked);
            }

            if (begun < numQueries)
            {
                new Span<float>(row + begun, width - begun).Fill(Masked);
            }
        }
    }

    /// <summary>Turns a block of scores into 2^(score - largest so far), adds them up by lane, and writes by how much what was summed
    /// before must shrink. Returns whether any lane's largest grew.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Softmax(float* scores, int count, int width, float* largest, float* sums, float* correction)
    {
        var grew = false;
        if (Vector512.IsHardwareAccelerated)
        {
            for (var lane = 0; lane < width; lane += 16)
            {
                var before = Vector512.Load(largest + lane);
                var m0 = before;
                var m1 = before;
                var end = scores + ((long)count * width);
                for (var s = scores + lane; s < end; s += 2 * width)
                {
                    m0 = Vector512.MaxNative(m0, Vector512.Load(s));
                    m1 = Vector512.MaxNative(m1, Vector512.Load(s + width));
                }

                var most = Vector512.MaxNative(m0, m1);
                most.Store(largest + lane);
                var shrink = VectorMath.Exp2(before - most);
                shrink.Store(correction + lane);
                grew |= !Vector512.EqualsAll(before, most);
                var sum0 = Vector512.Load(sums + lane) * shrink;
                var sum1 = Vector512<float>.Zero;
                for (var s = scores + lane; s < end; s += 2 * width)
                {
                    var p0 = VectorMath.Exp2(Vector512.Load(s) - most);
                    var p1 = VectorMath.Exp2(Vector512.Load(s + width) - most);
                    p0.Store(s);
                    p1.Store(s + width);
                    sum0 += p0;
                    sum1 += p1;
                }

                (sum0 + sum1).Store(sums + lane);
            }

            return grew;
        }

        for (var lane = 0; lane < width; lane += Vector<float>.Count)
        {
            var before = Vector.Load(largest + lane);
            var most = before;
            for (var j = 0; j < count; j++)
            {
                most = Vector.Max(most, Vector.Load(scores + (j * width) + lane));
            }

            most.Store(largest + lane);
            var shrink = VectorMath.Exp2(before - most);
            shrink.Store(correction + lane);
            grew |= !Vector.EqualsAll(before, most);
            var sum0 = Vector.Load(sums + lane) * shrink;
            var sum1 = Vector<float>.Zero;
            for (var j = 0; j < count; j += 2)
            {
                var p0 = VectorMath.Exp2(Vector.Load(scores + (j * width) + lane) - most);
                var p1 = VectorMath.Exp2(Vector.Load(scores + ((j + 1) * width) + lane) - most);
                p0.Store(scores + (j * width) + lane);
                p1.Store(scores + ((j + 1) * width) + lane);
                sum0 += p0;
                sum1 += p1;
            }

            (sum0 + sum1).Store(sums + lane);
        }

        return grew;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rescale(float* output, int paddedHeadWidth, int width, float* correction)
    {
        for (var lane = 0; lane < width; lane += 16)
        {
            var factor = Vector512.Load(correction + lane);
            for (var k = 0; k < paddedHeadWidth; k++)
            {
                var at = output + (k * width) + lane;
                (Vector512.Load(at) * factor).Store(at);
            }
        }
    }
}
