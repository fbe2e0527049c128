using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>The gradient. With P the probabilities, dO the gradient of the output and D = dO . O of each query:
/// dV = P^T dO, dP = dO V^T, dS = P (dP - D), dQ = dS K, dK = dS^T Q.</summary>
internal static unsafe partial class TrainedAttention
{
    private const float NaturalLog2 = 0.693147180f;
    private const int MostRanges = 8;
    private const int LeastKeysOfRange = 2 * KeyBlock;

    /// <summary>Keys of a range but the last: what a query's gradient owes to the keys of one range is summed by itself, and these sums are added in order.
    /// So ranges can be computed one after the other or at once. There are at most eight, so that memory for them grows with the window alone.</summary>
    public static int KeysOfRange(int numTokens) =>
        Math.Max(LeastKeysOfRange, (numTokens + (MostRanges * KeyBlock) - 1) / (MostRanges * KeyBlock) * KeyBlock);

    /// <summary>Ranges of a sequence's keys.</summary>
    public static int NumRanges(int numTokens) => (numTokens + KeysOfRange(numTokens) - 1) / KeysOfRange(numTokens);

    /// <summary>First query whose block can see a range.</summary>
    public static int FirstQueryOfRange(int numTokens, int range) => range * KeysOfRange(numTokens) / QueryBlock * QueryBlock;

    /// <summary>Computes the gradients of keys and values, and adds those of queries; <see cref="Forward(TrainedHead)"/> has run.</summary>
    public static void Backward(TrainedHead head) => Backward(head, 0, NumRanges(head.NumTokens));

    /// <summary>The same for the keys of some ranges: their gradients, and what the queries' owe to them.</summary>
    /// <param name="head">The head.</param>
    /// <param name="firstRange">First range.</param>
    /// <param name="endRange">Range after the last.</param>
    public static void Backward(TrainedHead head, int firstRange, int endRange)
    {
        var keysOfRange = KeysOfRange(head.NumTokens);
        var packedFirst = firstRange * keysOfRange;
        var packedEnd = Math.Min(head.NumTokens, endRange * keysOfRange);
        var numPacked = packedEnd - packedFirst;
        var paddedKeys = (numPacked + 7) / 8 * 8;
        var keysAt = (long)packedFirst * head.StrideKeys;
        var padded = head.PaddedWidth;
        var panels = head.PanelsWidth;
        var numSets = head.Keys.Length;
        var setLength = (long)paddedKeys * padded;
        var gradientLength = (long)paddedKeys * panels;
        var scratch = Scratch.Current.Get(
            Scratch.Slot.TrainedHead, (((2 * numSets) + 1) * setLength) + ((numSets + 1) * gradientLength) + (((4L * padded) + (2L * panels) + (2 * KeyBlock) + 2 + 8) * QueryBlock));
        var keyTiles = scratch;
        var keyGroups = keyTiles + (numSets * setLength);
        var valueTiles = keyGroups + (numSets * setLength);
        var valueGradients = valueTiles + setLength;
        var keyGradients = valueGradients + gradientLength;
        var block = new Blocks
        {
            Queries = keyGradients + (numSets * gradientLength),
        };
        block.Outputs = block.Queries + ((long)padded * QueryBlock);
        block.QueryGradients = block.Outputs + ((long)padded * QueryBlock);
        block.QueryPanels = block.QueryGradients + ((long)padded * QueryBlock);
        block.OutputPanels = block.QueryPanels + ((long)panels * QueryBlock);
        block.Probabilities = block.OutputPanels + ((long)panels * QueryBlock);
        block.Scores = block.Probabilities + (KeyBlock * QueryBlock);
        block.LogSums = block.Scores + (KeyBlock * QueryBlock);
        block.Dots = block.LogSums + QueryBlock;
        block.Tile = block.Dots + QueryBlock;
        block.Rows = block.Tile + (8 * QueryBlock);
        for (var set = 0; set < numSets; set++)
        {
            PackTiles((float*)head.Keys[set] + keysAt, numPacked, head.StrideKeys, head.HeadWidth, keyTiles + (set * setLength));
            PackGroups((float*)head.Keys[set] + keysAt, numPacked, head.StrideKeys, head.HeadWidth, keyGroups + (set * setLength));
        }

        PackTiles(head.Values + keysAt, numPacked, head.StrideKeys, head.HeadWidth, valueTiles);
        Clear(valueGradients, (numSets + 1) * gradientLength);
        for (var query = FirstQueryOfRange(head.NumTokens, firstRange); query < head.NumTokens; query += QueryBlock)
        {
            var numQueries = Math.Min(QueryBlock, head.NumTokens - query);
            var width = MicroKernel.PanelWidth(numQueries);
            if (!Array.Exists(head.Bands, band => FirstKeyOf(band, query, packedFirst) < EndKeyOf(band, query + numQueries, packedEnd)))
            {
                continue;
            }

            var outputGradient = head.OutputGradient + ((long)query * head.StrideQueries);
            PackLanes(outputGradient, numQueries, head.StrideQueries, head.HeadWidth, width, block.Outputs);
            PackPanels(outputGradient, numQueries, head.StrideQueries, head.HeadWidth, block.OutputPanels);
            Dots(head, query, numQueries, block);
            foreach (ref readonly var band in head.Bands.AsSpan())
            {
                if (EndKeyOf(band, query + numQueries, packedEnd) <= FirstKeyOf(band, query, packedFirst))
                {
                    continue;
                }

                var queries = (float*)band.Queries + ((long)query * head.StrideQueries);
                PackLanes(queries, numQueries, head.StrideQueries, head.HeadWidth, width, block.Queries);
                PackPanels(queries, numQueries, head.StrideQueries, head.HeadWidth, block.QueryPanels);
                for (var rangeFirst = packedFirst; rangeFirst < packedEnd; rangeFirst += keysOfRange)
                {
                    var numKeys = EndKeyOf(band, query + numQueries, Math.Min(packedEnd, rangeFirst + keysOfRange));
                    if (numKeys <= FirstKeyOf(band, query, rangeFirst))
                    {
                        continue;
                    }

                    new Span<float>(block.QueryGradients, padded * width).Clear();
                    for (var firstKey = FirstKeyOf(band, query, rangeFirst) / KeyBlock * KeyBlock; firstKey < numKeys; firstKey += KeyBlock)
                    {
                        var count = (Math.Min(KeyBlock, numKeys - firstKey) + 7) / 8 * 8;
                        var row = (long)firstKey - packedFirst;
                        Scores(keyTiles + (band.KeySet * setLength) + (row * padded), count, padded, block.Queries, width, block.Probabilities);
                        MaskPartly(block.Probabilities, firstKey, count, width, query, numQueries, band);
                        Scores(valueTiles + (row * padded), count, padded, block.Outputs, width, block.Scores);
                        Gradients(block, count, width);
                        for (var group = 0; group < padded; group += 8)
                        {
                            var tile = keyGroups + (band.KeySet * setLength) + ((((long)group / 8 * paddedKeys) + row) * 8);
                            MicroKernel.Tile(count, width, tile, block.Scores, block.QueryGradients + (group * width), width, accumulate: true);
                        }

                        Spread(block.Probabilities, count, width, numQueries, block.OutputPanels, head.HeadWidth, panels, block.Tile, valueGradients + (row * panels));
                        Spread(block.Scores, count, width, numQueries, block.QueryPanels, head.HeadWidth, panels, block.Tile, keyGradients + (band.KeySet * gradientLength) + (row * panels));
                    }

                    UnpackLanes(block.QueryGradients, width, numQueries, head.HeadWidth, block.Rows, padded);
                    for (var lane = 0; lane < numQueries; lane++)
                    {
                        Elements.AddChunk(block.Rows + (lane * padded), (float*)band.QueryGradients + ((long)(query + lane) * head.StrideQueries), head.HeadWidth);
                    }
                }
            }
        }

        for (var row = 0; row < numPacked; row++)
        {
            var at = (long)(packedFirst + row) * head.StrideQueries;
            new ReadOnlySpan<float>(valueGradients + ((long)row * panels), head.HeadWidth).CopyTo(new Span<float>(head.ValueGradients + at, head.HeadWidth));
            for (var set = 0; set < numSets; set++)
            {
                new ReadOnlySpan<float>(keyGradients + (set * gradientLength) + ((long)row * panels), head.HeadWidth).CopyTo(new Span<float>((float*)head.KeyGradients[set] + at, head.HeadWidth));
            }
        }
    }

    private static int FirstKeyOf(in TrainedBand band, int query, int rangeFirst) => Math.Max(rangeFirst, band.FirstOf(query));

    private static int EndKeyOf(in TrainedBand band, int endQuery, int rangeEnd) => Math.Min(rangeEnd, band.EndOf(endQuery - 1));

    /// <summary>The definition, in float64 and with one band: for tests.</summary>
    /// <param name="queriesTK">Turned queries, scaled by the factor of the scores (not by log2(e)).</param>
    /// <param name="keysSK">Turned keys.</param>
    /// <param name="valuesSK">Values.</param>
    /// <param name="headWidth">K.</param>
    /// <param name="sees">Whether query t sees key s.</param>
    /// <returns>Output rows.</returns>
    public static double[] Reference(double[] queriesTK, double[] keysSK, double[] valuesSK, int headWidth, Func<int, int, bool> sees)
    {
        var numTokens = queriesTK.Length / headWidth;
        var output = new double[queriesTK.Length];
        for (var t = 0; t < numTokens; t++)
        {
            var seen = Enumerable.Range(0, numTokens).Where(s => sees(t, s)).ToArray();
            var scores = seen.Select(s => Enumerable.Range(0, headWidth).Sum(k => queriesTK[(t * headWidth) + k] * keysSK[(s * headWidth) + k])).ToArray();
            var most = scores.Max();
            var weights = scores.Select(s => Math.Exp(s - most)).ToArray();
            for (var k = 0; k < headWidth; k++)
            {
                output[(t * headWidth) + k] = seen.Select((s, i) => weights[i] * valuesSK[(s * headWidth) + k]).Sum() / weights.Sum();
            }
        }

        return output;
    }

    private static void Clear(float* values, long length)
    {
        for (long at = 0; at < length; at += 1 << 24)
        {
            new Span<float>(values + at, (int)Math.Min(1 << 24, length - at)).Clear();
        }
    }

    /// <summary>D of each query, and its logarithm of the sum; zero in the lanes that pad the block.</summary>
    private static void Dots(TrainedHead head, int query, int numQueries, in Blocks block)
    {
        new Span<float>(block.LogSums, QueryBlock).Clear();
        new Span<float>(block.Dots, QueryBlock).Clear();
        new ReadOnlySpan<float>(head.LogSums + query, numQueries).CopyTo(new Span<float>(block.LogSums, numQueries));
        for (var lane = 0; lane < numQueries; lane++)
        {
            var at = (long)(query + lane) * head.StrideQueries;
            block.Dots[lane] = (float)Dot(head.OutputGradient + at, head.Output + at, head.HeadWidth);
        }
    }

    private static double Dot(float* a, float* b, int count)
    {
        var sums = Vector512<double>.Zero;
        var i = 0;
        for (; i <= count - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            sums += Widened(a + i) * Widened(b + i);
        }

        var sum = Vector512.Sum(sums);
        for (; i < count; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static Vector512<double> Widened(float* values)
    {
        var (low, high) = Vector256.Widen(Vector256.Load(values));
        return Vector512.Create(low, high);
    }

    /// <summary>Rows as panels of columns, each [T][width]: what stands right in a product over rows.</summary>
    private static void PackPanels(float* rows, int numRows, int stride, int headWidth, float* panels)
    {
        for (var column = 0; column < headWidth; column += MicroKernel.Columns)
        {
            var columns = Math.Min(MicroKernel.Columns, headWidth - column);
            var width = MicroKernel.PanelWidth(columns);
            for (var row = 0; row < numRows; row++, panels += width)
            {
                new ReadOnlySpan<float>(rows + ((long)row * stride) + column, columns).CopyTo(new Span<float>(panels, columns));
                new Span<float>(panels + columns, width - columns).Clear();
            }
        }
    }

    /// <summary>Scores become probabilities, and their gradients dP those of the scores to base 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients(in Blocks block, int count, int width)
    {
        var naturalLog2 = Vector512.Create(NaturalLog2);
        for (var lane = 0; lane < width; lane += 16)
        {
            var logSum = Vector512.Load(block.LogSums + lane);
            var dot = Vector512.Load(block.Dots + lane);
            var p = block.Probabilities + lane;
            var s = block.Scores + lane;
            for (var key = 0; key < count; key++, p += width, s += width)
            {
                var probability = VectorMath.Exp2(Vector512.Load(p) - logSum);
                probability.Store(p);
                (probability * (Vector512.Load(s) - dot) * naturalLog2).Store(s);
            }
        }
    }

    /// <summary>gradients[S, K] += block[S, T] rows[T, K].</summary>
    private static void Spread(float* blockST, int count, int width, int numQueries, float* panelsTK, int headWidth, int strideGradients, float* tile, float* gradients)
    {
        for (var key = 0; key < count; key += 8)
        {
            MatMul.TransposeTile(blockST + (key * width), width, numQueries, tile, 8);
            var panel = panelsTK;
            for (var column = 0; column < headWidth; column += MicroKernel.Columns)
            {
                var panelWidth = MicroKernel.PanelWidth(headWidth - column);
                MicroKernel.Tile(numQueries, panelWidth, tile, panel, gradients + ((long)key * strideGradients) + column, strideGradients, accumulate: true);
                panel += (long)panelWidth * numQueries;
            }
        }
    }

    /// <summary>Working memory of one block of queries.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Blocks
    {
        /// <summary>[K][width].</summary>
        public float* Queries;

        /// <summary>Gradient of the output, [K][width].</summary>
        public float* Outputs;

        /// <summary>[K][width].</summary>
        public float* QueryGradients;

        /// <summary>Queries as panels [T][width].</summary>
        public float* QueryPanels;

        /// <summary>Gradient of the output as panels [T][width].</summary>
        public float* OutputPanels;

        /// <summary>Scores, then probabilities, [S][width].</summary>
        public float* Probabilities;

        /// <summary>Gradients of probabilities, then of scores, [S][width].</summary>
        public float* Scores;

        /// <summary>One a lane.</summary>
        public float* LogSums;

        /// <summary>D of each lane.</summary>
        public float* Dots;

        /// <summary>[T][8].</summary>
        public float* Tile;

        /// <summary>Gradients of the queries as rows, [T][K].</summary>
        public float* Rows;
    }
}
