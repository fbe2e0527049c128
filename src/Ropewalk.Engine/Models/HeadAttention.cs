using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Models;

/// <summary>Attention of one sequence's heads under its angles: turns keys into the cache, and queries for each band of the plan.</summary>
internal static unsafe class HeadAttention
{
    /// <summary>Puts keys, turned once for each set of the plan, and values of consecutive tokens into a cache.</summary>
    /// <param name="keysTGK">Keys before they are turned.</param>
    /// <param name="valuesTGK">Values.</param>
    /// <param name="numRows">T.</param>
    /// <param name="firstIndex">Index of the first token.</param>
    /// <param name="shape">The model's sizes.</param>
    /// <param name="rotary">Angles of this layer.</param>
    /// <param name="cache">Where they go.</param>
    /// <param name="layer">This layer's index.</param>
    public static void Store(float* keysTGK, float* valuesTGK, int numRows, long firstIndex, ModelShape shape, RotaryTable rotary, KeyValueCache cache, int layer)
    {
        var width = shape.NumKeyValueHeads * shape.HeadWidth;
        var turned = Scratch.Current.Get(Scratch.Slot.TurnedKey, shape.HeadWidth);
        for (var head = 0; head < shape.NumKeyValueHeads; head++)
        {
            for (var set = 0; set < rotary.KeySets.Length; set++)
            {
                var panels = cache.Panels(layer, head, set);
                var table = rotary.KeySets[set];
                for (var row = 0; row < numRows; row++)
                {
                    var index = firstIndex + row;
                    var at = ((long)row * width) + (head * shape.HeadWidth);
                    if (panels.SinglesOf(index) is var direct && direct != null)
                    {
                        Rotate.Forward(keysTGK + at, shape.HeadWidth, rotary.Cos(table, index), rotary.Sin(table, index), rotary.NumPairs, 1f, direct, 8);
                    }
                    else
                    {
                        Rotate.Forward(keysTGK + at, shape.HeadWidth, rotary.Cos(table, index), rotary.Sin(table, index), rotary.NumPairs, 1f, turned, 1);
                        panels.SetKey(index, new ReadOnlySpan<float>(turned, shape.HeadWidth));
                    }

                    if (set == 0)
                    {
                        panels.SetValue(index, new ReadOnlySpan<float>(valuesTGK + at, shape.HeadWidth));
                    }
                }
            }
        }
    }

    /// <summary>Turns keys of consecutive tokens on, from one set of frequencies to another. Angles are subtracted in float64.</summary>
    public static void Turn(KeyValueCache cache, int[] layers, ModelShape shape, RotaryTable from, RotaryTable to, int keySet, int firstIndex, int numRows)
    {
        var pairs = from.NumPairs;
        var key = stackalloc float[shape.HeadWidth];
        var turned = stackalloc float[shape.HeadWidth];
        var cos = stackalloc float[pairs];
        var sin = stackalloc float[pairs];
        var ratio = to.Frequencies.AttentionFactor / from.Frequencies.AttentionFactor;
        for (var index = firstIndex; index < firstIndex + numRows; index++)
        {
            var position = from.KeyMap(keySet).At(index);
            var before = RotaryAngles.InverseFrequencies(from.Frequencies, position);
            var after = RotaryAngles.InverseFrequencies(to.Frequencies, position);
            for (var i = 0; i < pairs; i++)
            {
                var (s, c) = Math.SinCos((position * after[i]) - (position * before[i]));
                cos[i] = (float)(c * ratio);
                sin[i] = (float)(s * ratio);
            }

            foreach (var layer in layers)
            {
                for (var head = 0; head < shape.NumKeyValueHeads; head++)
                {
                    var panels = cache.Panels(layer, head, keySet);
                    panels.CopyKey(index, new Span<float>(key, shape.HeadWidth));
                    Rotate.Forward(key, shape.HeadWidth, cos, sin, pairs, 1f, turned, 1);
                    panels.SetKey(index, new ReadOnlySpan<float>(turned, shape.HeadWidth));
                }
            }
        }
    }

    /// <summary>One head's queries of consecutive tokens, block by block; the output takes the queries' place.</summary>
    /// <param name="queries">The head's first query.</param>
    /// <param name="stride">Floats from one query to the next.</param>
    /// <param name="numRows">T.</param>
    /// <param name="firstIndex">Index of the first token.</param>
    /// <param name="headWidth">K.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="rotary">Angles of this layer.</param>
    /// <param name="cache">The sequence's keys and values.</param>
    /// <param name="layer">This layer's index.</param>
    /// <param name="keyValueHead">Head of the keys and values.</param>
    /// <param name="window">Tokens that the layer sees back, its own included; 0 for all.</param>
    public static void Forward(
        float* queries, int stride, int numRows, long firstIndex, int headWidth, float scale, RotaryTable rotary, KeyValueCache cache, int layer, int keyValueHead, int window)
    {
        var scratch = Scratch.Current.Get(Scratch.Slot.Attention, Attention.ScratchLength(cache.PaddedHeadWidth));
        for (var row = 0; row < numRows; row += Attention.QueryBlock)
        {
            var count = Math.Min(Attention.QueryBlock, numRows - row);
            Block(scratch, queries + ((long)row * stride), stride, count, firstIndex + row, headWidth, scale, rotary, cache, layer, keyValueHead, window);
        }
    }

    private static void Block(
        float* scratch, float* queries, int stride, int count, long firstIndex, int headWidth, float scale, RotaryTable rotary, KeyValueCache cache, int layer, int keyValueHead, int window)
    {
        var padded = cache.PaddedHeadWidth;
        var width = count == 1 ? 1 : MicroKernel.PanelWidth(count);
        if (count == 1)
        {
            Attention.BeginOne(scratch, padded);
        }
        else
        {
            Attention.Begin(scratch, count, padded);
        }

        var first = stackalloc long[Attention.QueryBlock];
        var end = stackalloc long[Attention.QueryBlock];
        foreach (var band in rotary.Bands)
        {
            for (var query = 0; query < count; query++)
            {
                band.Keys(firstIndex + query, window, out first[query], out end[query]);
            }

            // Ranges only move on, so the last query's end tells whether any of them sees anything.
            if (end[count - 1] <= first[0])
            {
                continue;
            }

            new Span<float>(scratch, padded * width).Clear();
            for (var query = 0; query < count; query++)
            {
                var index = firstIndex + query;
                Rotate.Forward(
                    queries + ((long)query * stride), headWidth, rotary.Cos(band.QueryTable, index), rotary.Sin(band.QueryTable, index), rotary.NumPairs, VectorMath.Log2E * scale * rotary.QueryScale(index), scratch + query, width);
            }

            var panels = cache.Panels(layer, keyValueHead, band.KeySet);
            if (count == 1)
            {
                Attention.AccumulateOne(scratch, first[0], end[0], panels);
            }
            else
            {
                Attention.Accumulate(scratch, count, first, end, panels);
            }
        }

        if (count == 1)
        {
            Attention.EndOne(scratch, padded, headWidth, queries);
        }
        else
        {
            Attention.End(scratch, count, padded, headWidth, queries, stride);
        }
    }
}
