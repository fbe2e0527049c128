using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

// One query, as in generation: a lane is a key, then an entry of the head, so that nothing is computed for queries that are not there. Every
// sum has the order that the blocks of many queries have, so the numbers are the same.
internal static unsafe partial class Attention
{
    /// <summary>Floats of scratch that one query needs.</summary>
    public static long OneQueryScratchLength(int paddedHeadWidth) => (2L * paddedHeadWidth) + KeyBlock + 2;

    /// <summary>Begins one query: nothing is seen yet.</summary>
    /// <param name="scratch">Working memory, <see cref="OneQueryScratchLength"/> floats. It begins with the query, [paddedK], which the
    /// caller puts there before each <see cref="AccumulateOne"/>.</param>
    /// <param name="paddedHeadWidth">K rounded up to a multiple of 8.</param>
    public static void BeginOne(float* scratch, int paddedHeadWidth)
    {
        var state = scratch + (2 * paddedHeadWidth) + KeyBlock;
        new Span<float>(scratch + paddedHeadWidth, paddedHeadWidth).Clear();
        state[0] = Masked;
        state[1] = 0;
    }

    /// <summary>Attends the query that <paramref name="scratch"/> holds to the keys first .. end - 1.</summary>
    /// <param name="scratch">The rotated query, scaled by log2(e)/sqrt(K), and working memory.</param>
    /// <param name="first">First key.</param>
    /// <param name="end">Key after the last; not above <paramref name="first"/> for none.</param>
    /// <param name="panels">Keys and values.</param>
    public static void AccumulateOne(float* scratch, long first, long end, in HeadPanels panels)
    {
        switch (panels.Type)
        {
            case GgmlType.F32:
                AccumulateOne<StoredFloat32>(scratch, first, end, panels);
                break;
            case GgmlType.F16:
                AccumulateOne<StoredFloat16>(scratch, first, end, panels);
                break;
            default:
                AccumulateOne<StoredBfloat16>(scratch, first, end, panels);
                break;
        }
    }

    /// <summary>Divides by the sum of the softmax; the query has seen at least one key.</summary>
    public static void EndOne(float* scratch, int paddedHeadWidth, int headWidth, float* outK)
    {
        var output = scratch + paddedHeadWidth;
        var scale = 1f / scratch[(2 * paddedHeadWidth) + KeyBlock + 1];
        for (var k = 0; k < headWidth; k++)
        {
            outK[k] = output[k] * scale;
        }
    }

    private static void AccumulateOne<TStored>(float* scratch, long first, long end, in HeadPanels panels)
        where TStored : struct, IStored
    {
        if (end <= first)
        {
            return;
        }

        var paddedHeadWidth = panels.PaddedHeadWidth;
        var query = scratch;
        var output = query + paddedHeadWidth;
        var scores = output + paddedHeadWidth;
        var state = scores + KeyBlock;
        var largest = state[0];
        var sum = state[1];
        for (var firstKey = first / KeyBlock * KeyBlock; firstKey < end; firstKey += KeyBlock)
        {
            var count = (int)((Math.Min(KeyBlock, end - firstKey) + 7) / 8 * 8);
            Scores<TStored>(query, panels.KeysAt(firstKey), count, paddedHeadWidth, scores);
            var hidden = (int)Math.Min(count, end - firstKey);
            new Span<float>(scores + hidden, count - hidden).Fill(Masked);
            if (firstKey < first)
            {
                new Span<float>(scores, (int)(first - firstKey)).Fill(Masked);
            }

            var before = largest;
            for (var j = 0; j < count; j++)
            {
                largest = MathF.Max(largest, scores[j]);
            }

            var shrink = Exponentials(scores, count, before, largest);
            var even = sum * shrink;
            var odd = 0f;
            for (var j = 0; j < count; j += 2)
            {
                even += scores[j];
                odd += scores[j + 1];
            }

            sum = even + odd;
            if (!before.Equals(largest))
            {
                for (var k = 0; k < paddedHeadWidth; k++)
                {
                    output[k] *= shrink;
                }
            }

            AddValues<TStored>(scores, panels.ValuesAt(0, firstKey), panels.Capacity, count, paddedHeadWidth, output);
        }

        state[0] = largest;
        state[1] = sum;
    }

    /// <summary>scores[count] = keys[count, K] query[K]; four tiles of eight keys at a time, for as many independent sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scores<TStored>(float* query, byte* keys, int count, int paddedHeadWidth, float* scores)
        where TStored : struct, IStored
    {
        var tile = 8 * paddedHeadWidth * TStored.Size;
        var j = 0;
        for (; j <= count - 32; j += 32, keys += 4 * tile)
        {
            var s0 = Vector256<float>.Zero;
            var s1 = Vector256<float>.Zero;
            var s2 = Vector256<float>.Zero;
            var s3 = Vector256<float>.Zero;
            for (var k = 0; k < paddedHeadWidth; k++)
            {
                var q = Vector256.Create(query[k]);
                var from = keys + (k * 8 * TStored.Size);
                s0 = Vector256.FusedMultiplyAdd(TStored.Load8(from), q, s0);
                s1 = Vector256.FusedMultiplyAdd(TStored.Load8(from + tile), q, s1);
                s2 = Vector256.FusedMultiplyAdd(TStored.Load8(from + (2 * tile)), q, s2);
                s3 = Vector256.FusedMultiplyAdd(TStored.Load8(from + (3 * tile)), q, s3);
            }

            s0.Store(scores + j);
            s1.Store(scores + j + 8);
            s2.Store(scores + j + 16);
            s3.Store(scores + j + 24);
        }

        for (; j < count; j += 8, keys += tile)
        {
            var s = Vector256<float>.Zero;
            for (var k = 0; k < paddedHeadWidth; k++)
            {
                s = Vector256.FusedMultiplyAdd(TStored.Load8(keys + (k * 8 * TStored.Size)), Vector256.Create(query[k]), s);
            }

            s.Store(scores + j);
        }
    }

    /// <summary>Turns scores into 2^(score - largest), by the lanes that many queries take; returns 2^(before - largest).</summary>
    private static float Exponentials(float* scores, int count, float before, float largest)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            // The block has room for KeyBlock scores, so the last lanes may be no scores.
            for (var j = 0; j < count; j += Vector512<float>.Count)
            {
                VectorMath.Exp2(Vector512.Load(scores + j) - Vector512.Create(largest)).Store(scores + j);
            }

            return VectorMath.Exp2(Vector512.Create(before - largest))[0];
        }

        for (var j = 0; j < count; j += Vector<float>.Count)
        {
            VectorMath.Exp2(Vector.Load(scores + j) - new Vector<float>(largest)).Store(scores + j);
        }

        return VectorMath.Exp2(new Vector<float>(before - largest))[0];
    }

    /// <summary>output[K] += values[K, count] weights[count]; four groups of eight entries at a time, for as many independent sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddValues<TStored>(float* weights, byte* values, long capacity, int count, int paddedHeadWidth, float* output)
        where TStored : struct, IStored
    {
        var group = 8 * capacity * TStored.Size;
        var k = 0;
        for (; k <= paddedHeadWidth - 32; k += 32, values += 4 * group)
        {
            var s0 = Vector256<float>.Zero;
            var s1 = Vector256<float>.Zero;
            var s2 = Vector256<float>.Zero;
            var s3 = Vector256<float>.Zero;
            for (var j = 0; j < count; j++)
            {
                var w = Vector256.Create(weights[j]);
                var from = values + (j * 8 * TStored.Size);
                s0 = Vector256.FusedMultiplyAdd(TStored.Load8(from), w, s0);
                s1 = Vector256.FusedMultiplyAdd(TStored.Load8(from + group), w, s1);
                s2 = Vector256.FusedMultiplyAdd(TStored.Load8(from + (2 * group)), w, s2);
                s3 = Vector256.FusedMultiplyAdd(TStored.Load8(from + (3 * group)), w, s3);
            }

            (Vector256.Load(output + k) + s0).Store(output + k);
            (Vector256.Load(output + k + 8) + s1).Store(output + k + 8);
            (Vector256.Load(output + k + 16) + s2).Store(output + k + 16);
            (Vector256.Load(output + k + 24) + s3).Store(output + k + 24);
        }

        for (; k < paddedHeadWidth; k += 8, values += group)
        {
            var s = Vector256<float>.Zero;
            for (var j = 0; j < count; j++)
            {
                s = Vector256.FusedMultiplyAdd(TStored.Load8(values + (j * 8 * TStored.Size)), Vector256.Create(weights[j]), s);
            }

            (Vector256.Load(output + k) + s).Store(output + k);
        }
    }
}
