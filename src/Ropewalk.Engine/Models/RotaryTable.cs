using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Engine.Models;

/// <summary>What a sequence is turned by: cosines and sines of its tokens 0 .. length-1 under one set of frequencies, multiplied by their
/// attention factor, for every band of a position plan. Angles are computed and reduced in float64; only the tables are float32.</summary>
public sealed unsafe class RotaryTable : IDisposable
{
    private const int RowsPerTask = 1024;
    private readonly List<(PositionMap Map, NativeBuffer<float> Cos, NativeBuffer<float> Sin)> _tables = [];
    private readonly PlanLayout? _layout;

    /// <summary>Tables of the ordinary plan: every token at its own index, each seeing itself and all before it.</summary>
    /// <param name="frequencies">What is in force; one set for the whole sequence.</param>
    /// <param name="length">Tokens, at least 1.</param>
    public RotaryTable(RopeFrequencies frequencies, int length)
        : this(frequencies, null, length)
    {
    }

    /// <summary>Tables of a position plan.</summary>
    /// <param name="frequencies">What is in force; one set for the whole sequence.</param>
    /// <param name="layout">Bands of queries, keys and cells; null for the ordinary plan.</param>
    /// <param name="length">Tokens, at least 1.</param>
    public RotaryTable(RopeFrequencies frequencies, PlanLayout? layout, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        NumPairs = frequencies.InverseFrequencies.Length;
        Frequencies = frequencies;
        _layout = layout;
        try
        {
            PositionMap[] keyMaps = layout is null ? [PositionMap.Index] : [.. layout.Bands.Select(b => b.KeyPositions).Distinct()];
            KeySets = [.. keyMaps.Select(map => Table(frequencies, map))];
            Bands = layout is null
                ? [new Band(null, KeySets[0], 0)]
                : [.. layout.Bands.Select(b => new Band(b, Table(frequencies, b.QueryPositions), Array.IndexOf(keyMaps, b.KeyPositions)))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>In force.</summary>
    public RopeFrequencies Frequencies { get; }

    /// <summary>Tokens.</summary>
    public int Length { get; }

    /// <summary>Pairs P of a row.</summary>
    public int NumPairs { get; }

    /// <summary>How many times a key is turned: the sets of keys that a cache must have room for.</summary>
    public int NumKeySets => KeySets.Length;

    /// <summary>For each set of turned keys, its table.</summary>
    internal int[] KeySets { get; }

    /// <summary>The bands, at least one.</summary>
    internal Band[] Bands { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (_, cos, sin) in _tables)
        {
            cos.Dispose();
            sin.Dispose();
        }
    }

    /// <summary>P cosines of a token.</summary>
    internal float* Cos(int table, long index) => _tables[table].Cos.Pointer + (index * NumPairs);

    /// <summary>P sines of a token.</summary>
    internal float* Sin(int table, long index) => _tables[table].Sin.Pointer + (index * NumPairs);

    /// <summary>Where the keys of a set stand.</summary>
    internal PositionMap KeyMap(int set) => Map(KeySets[set]);

    /// <summary>Where the tokens of a table stand.</summary>
    internal PositionMap Map(int table) => _tables[table].Map;

    /// <summary>What a query is multiplied by.</summary>
    internal float QueryScale(long index) => _layout is null ? 1f : (float)_layout.QueryScale(index);

    /// <summary>The table of a map, made once.</summary>
    private int Table(RopeFrequencies frequencies, PositionMap map)
    {
        var found = _tables.FindIndex(t => ReferenceEquals(t.Map, map));
        if (found >= 0)
        {
            return found;
        }

        var cos = new NativeBuffer<float>((long)Length * NumPairs);
        var sin = new NativeBuffer<float>((long)Length * NumPairs);
        _tables.Add((map, cos, sin));
        WorkerPool.For((Length + RowsPerTask - 1) / RowsPerTask, task =>
        {
            var first = task * RowsPerTask;
            var positions = new double[Math.Min(RowsPerTask, Length - first)];
            map.Fill(first, positions);
            RotaryAngles.Fill(
                frequencies, positions, cos.Span((long)first * NumPairs, positions.Length * NumPairs), sin.Span((long)first * NumPairs, positions.Length * NumPairs));
        });
        return _tables.Count - 1;
    }

    /// <summary>One band: which keys a query sees, and what both are turned by.</summary>
    /// <param name="Cells">Null for all keys up to the query's own.</param>
    /// <param name="QueryTable">Table of the queries.</param>
    /// <param name="KeySet">Set of the keys.</param>
    internal sealed record Band(PositionBand? Cells, int QueryTable, int KeySet)
    {
        /// <summary>Keys of a query, first and end, in a layer that sees <paramref name="window"/> tokens back (0 for all).</summary>
        public void Keys(long query, int window, out long first, out long end)
        {
            if (Cells is null)
            {
                first = 0;
                end = query + 1;
            }
            else
            {
                (first, end) = Cells.Keys(query);
            }

            first = window == 0 ? first : Math.Max(first, query + 1 - window);
        }
    }
}
