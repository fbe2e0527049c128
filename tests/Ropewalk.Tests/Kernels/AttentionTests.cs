using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Kernels;

[Trait("Category", "Kernels")]
public sealed unsafe class AttentionTests
{
    [Theory]
    [InlineData(4, GgmlType.F32)]
    [InlineData(8, GgmlType.F32)]
    [InlineData(10, GgmlType.F32)]
    [InlineData(64, GgmlType.F32)]
    [InlineData(80, GgmlType.F32)]
    [InlineData(128, GgmlType.F32)]
    [InlineData(10, GgmlType.F16)]
    [InlineData(64, GgmlType.F16)]
    [InlineData(10, GgmlType.BF16)]
    [InlineData(64, GgmlType.BF16)]
    public void Blocks_agree_with_the_definition(int headWidth, GgmlType type)
    {
        foreach (var length in Simd.IsReduced ? (int[])[1, 49, 130] : [1, 7, 8, 47, 48, 49, 127, 128, 129, 130, 300])
        {
            var queries = Numbers.Random(length * headWidth, 30, 4 / Math.Sqrt(headWidth));
            var keys = Rounded(Numbers.Random(length * headWidth, 31, 2), type);
            var values = Rounded(Numbers.Random(length * headWidth, 32), type);
            var expected = new float[length * headWidth];
            Attention.Reference(queries, keys, values, headWidth, 0, expected);
            var store = new Store(headWidth, length, keys, values, type);
            var whole = store.Attend(queries, 0);
            Numbers.Close(expected, whole, 6e-6, $"{type} K {headWidth} length {length}");

            // Queries that begin anywhere, and a single one as in generation, have the very same numbers.
            foreach (var first in (int[])[length - 1, length / 2, Math.Min(5, length - 1)])
            {
                var found = store.Attend(queries.AsSpan(first * headWidth), first);
                Numbers.Same(whole.AsSpan(first * headWidth), found, $"{type} K {headWidth} length {length} from query {first}");
            }
        }
    }

    [Fact]
    public void Keys_beyond_a_half_become_the_largest_and_tiny_ones_stay()
    {
        float[] numbers = [1e9f, -1e9f, 65504, 65519.9f, 5.9604645e-8f, 0, -0.1f, float.NaN];
        var keys = new ushort[64];
        fixed (ushort* stored = keys)
        {
            new HeadPanels((nint)stored, 0, GgmlType.F16, 8, 8).SetKey(3, numbers);
        }

        Assert.Equal((Half[])[(Half)65504, (Half)(-65504), (Half)65504, (Half)65504, Half.Epsilon, (Half)0, (Half)(-0.1), Half.NaN], Enumerable.Range(0, 8).Select(k => BitConverter.UInt16BitsToHalf(keys[(k * 8) + 3])));
    }

    [Fact]
    public void A_query_among_older_keys_agrees_with_the_definition()
    {
        const int HeadWidth = 10;
        const int Length = 200;
        var keys = Numbers.Random(Length * HeadWidth, 33, 2);
        var values = Numbers.Random(Length * HeadWidth, 34);
        foreach (var (first, count) in ((int, int)[])[(199, 1), (128, 1), (127, 2), (150, 50), (1, 3)])
        {
            var queries = Numbers.Random(count * HeadWidth, 35);
            var expected = new float[count * HeadWidth];
            Attention.Reference(queries, keys.AsSpan(0, (first + count) * HeadWidth), values, HeadWidth, first, expected);
            Numbers.Close(expected, new Store(HeadWidth, Length, keys, values).Attend(queries, first), 6e-6, $"queries {first} to {first + count - 1}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(200)]
    [InlineData(1000)]
    public void A_window_hides_older_keys(int window)
    {
        const int HeadWidth = 12;
        foreach (var length in Simd.IsReduced ? (int[])[130] : [1, 49, 128, 130, 400])
        {
            var queries = Numbers.Random(length * HeadWidth, 40, 1);
            var keys = Numbers.Random(length * HeadWidth, 41, 2);
            var values = Numbers.Random(length * HeadWidth, 42);
            var expected = new float[length * HeadWidth];
            Attention.Reference(queries, keys, values, HeadWidth, 0, expected, window);
            var store = new Store(HeadWidth, length, keys, values);
            var whole = store.Attend(queries, 0, window);
            Numbers.Close(expected, whole, 6e-6, $"window {window} length {length}");
            foreach (var first in (int[])[length - 1, length / 2, Math.Min(5, length - 1)])
            {
                // Other blocks of queries begin at other key blocks: the same sums, but for blocks in which a query sees nothing.
                var found = store.Attend(queries.AsSpan(first * HeadWidth), first, window);
                Numbers.Same(whole.AsSpan(first * HeadWidth), found, $"window {window} length {length} from query {first}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Huge_scores_neither_overflow_nor_vanish(int sign)
    {
        const int HeadWidth = 8;
        const int Length = 300;
        const int Levels = 17;
        var queries = new float[Length * HeadWidth];
        var keys = new float[Length * HeadWidth];
        for (var j = 0; j < Length; j++)
        {
            queries[j * HeadWidth] = 1e6f;
            keys[j * HeadWidth] = sign * (1 + (j * 7 % Levels)) * 1e6f;
        }

        // The definition: all weight lies evenly on the keys with the largest score so far, because the next is e^-1e12 of it.
        var values = Numbers.Random(Length * HeadWidth, 36);
        var found = new Store(HeadWidth, Length, keys, values).Attend(queries, 0);
        for (var t = 0; t < Length; t++)
        {
            var most = Enumerable.Range(0, t + 1).Max(j => keys[j * HeadWidth]);
            var winners = Enumerable.Range(0, t + 1).Where(j => keys[j * HeadWidth].Equals(most)).ToArray();
            for (var k = 0; k < HeadWidth; k++)
            {
                Numbers.Close(winners.Average(j => (double)values[(j * HeadWidth) + k]), found[(t * HeadWidth) + k], 2e-6, $"query {t} entry {k}");
            }
        }
    }

    /// <summary>Numbers that the type holds exactly, by the runtime's own rounding.</summary>
    private static float[] Rounded(float[] numbers, GgmlType type) => [.. numbers.Select(n => type switch
    {
        GgmlType.F16 => (float)(Half)n,
        GgmlType.BF16 => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(n) & 0xFFFF_0000),
        _ => n,
    })];

    /// <summary>Keys and values in the cache's layout; what lies past the end is large and must not matter.</summary>
    private sealed class Store
    {
        private const int Spare = 64;
        private readonly int _headWidth;
        private readonly int _padded;
        private readonly int _capacity;
        private readonly GgmlType _type;
        private readonly byte[] _keys;
        private readonly byte[] _values;

        public Store(int headWidth, int length, float[] keys, float[] values, GgmlType type = GgmlType.F32)
        {
            _type = type;
            _headWidth = headWidth;
            _padded = (headWidth + 7) / 8 * 8;
            _capacity = (length + Spare + 7) / 8 * 8;
            _keys = new byte[_padded * _capacity * sizeof(float)];
            _values = new byte[_padded * _capacity * sizeof(float)];
            for (var s = 0; s < _capacity; s++)
            {
                for (var k = 0; k < headWidth; k++)
                {
                    var beyond = ((s + k) % 2 == 0 ? 1 : -1) * (type == GgmlType.F16 ? 60_000f : 1e9f);
                    Set(_keys, (s / 8 * 8 * _padded) + (k * 8) + (s % 8), s < length ? keys[(s * headWidth) + k] : beyond);
                    Set(_values, (((k / 8 * _capacity) + s) * 8) + (k % 8), s < length ? values[(s * headWidth) + k] : beyond);
                }
            }
        }

        private HeadPanels Panels(byte* keys, byte* values) => new((nint)keys, (nint)values, _type, _capacity, _padded);

        private void Set(byte[] store, int index, float number)
        {
            switch (_type)
            {
                case GgmlType.F32:
                    BitConverter.TryWriteBytes(store.AsSpan(4 * index), number);
                    break;
                case GgmlType.F16:
                    BitConverter.TryWriteBytes(store.AsSpan(2 * index), (Half)number);
                    break;
                default:
                    BitConverter.TryWriteBytes(store.AsSpan(2 * index), (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16));
                    break;
            }
        }

        public float[] Attend(ReadOnlySpan<float> queries, int first, int window = 0)
        {
            var count = queries.Length / _headWidth;
            var output = new float[queries.Length];
            var scratch = new float[Attention.ScratchLength(_padded)];
            var begin = stackalloc long[Attention.QueryBlock];
            var end = stackalloc long[Attention.QueryBlock];
            fixed (float* ps = scratch, po = output)
            fixed (byte* pk = _keys, pv = _values)
            {
                for (var row = 0; row < count; row += Attention.QueryBlock)
                {
                    var rows = Math.Min(Attention.QueryBlock, count - row);
                    if (rows == 1)
                    {
                        AttendOne(queries.Slice(row * _headWidth, _headWidth), first + row, po + (row * _headWidth), window);
                        continue;
                    }

                    var width = MicroKernel.PanelWidth(rows);
                    Array.Fill(scratch, float.NaN);
                    scratch.AsSpan(0, _padded * width).Clear();
                    for (var t = 0; t < rows; t++)
                    {
                        for (var k = 0; k < _headWidth; k++)
                        {
                            scratch[(k * width) + t] = queries[((row + t) * _headWidth) + k] * VectorMath.Log2E;
                        }
                    }

                    for (var t = 0; t < rows; t++)
                    {
                        end[t] = first + row + t + 1;
                        begin[t] = window == 0 ? 0 : Math.Max(0, end[t] - window);
                    }

                    Attention.Begin(ps, rows, _padded);
                    Attention.Accumulate(ps, rows, begin, end, Panels(pk, pv));
                    Attention.End(ps, rows, _padded, _headWidth, po + (row * _headWidth), _headWidth);
                }
            }

            return output;
        }

        /// <summary>The kernel for one query, as generation takes it.</summary>
        private void AttendOne(ReadOnlySpan<float> query, int position, float* output, int window)
        {
            var scratch = new float[Attention.OneQueryScratchLength(_padded)];
            Array.Fill(scratch, float.NaN);
            scratch.AsSpan(0, _padded).Clear();
            for (var k = 0; k < _headWidth; k++)
            {
                scratch[k] = query[k] * VectorMath.Log2E;
            }

            fixed (float* ps = scratch)
            fixed (byte* pk = _keys, pv = _values)
            {
                Attention.BeginOne(ps, _padded);
                Attention.AccumulateOne(ps, window == 0 ? 0 : Math.Max(0, position + 1 - window), position + 1, Panels(pk, pv));
                Attention.EndOne(ps, _padded, _headWidth, output);
            }
        }
    }
}
