using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>The rows of a batch: those of its sequences, one after the other.</summary>
internal sealed unsafe class BatchRows : IDisposable
{
    private readonly TrainingSequence[] _sequences;
    private readonly RotaryTable? _local;
    private readonly int[] _firstRows;
    private readonly int[] _sequenceOfRow;
    private readonly Dictionary<(int Sequence, int Band, int Window, bool IsLocal), (NativeBuffer<int> First, NativeBuffer<int> End)> _cells = [];

    /// <summary>Lays out a batch.</summary>
    /// <param name="sequences">At least one, whose tables have as many bands, sets of keys and pairs as each other's.</param>
    /// <param name="local">Angles of the layers with an encoding of their own, long enough for all; null where there are none.</param>
    public BatchRows(IReadOnlyList<TrainingSequence> sequences, RotaryTable? local)
    {
        _sequences = [.. sequences];
        _local = local;
        _firstRows = new int[_sequences.Length];
        for (var i = 1; i < _sequences.Length; i++)
        {
            _firstRows[i] = checked(_firstRows[i - 1] + _sequences[i - 1].Tokens.Length);
        }

        Tokens = [.. sequences.SelectMany(s => s.Tokens)];
        Targets = [.. sequences.SelectMany(s => s.Targets)];
        PositionRows = [.. sequences.SelectMany(s => s.PositionRows)];
        _sequenceOfRow = [.. _sequences.SelectMany((s, i) => Enumerable.Repeat(i, s.Tokens.Length))];
    }

    /// <summary>Ids of all rows.</summary>
    public int[] Tokens { get; }

    /// <summary>Targets of all rows.</summary>
    public int[] Targets { get; }

    /// <summary>What all rows read of a table of learned positions; empty where there is none.</summary>
    public int[] PositionRows { get; }

    /// <summary>Sequences.</summary>
    public int NumSequences => _sequences.Length;

    /// <summary>First row and number of rows of a sequence.</summary>
    public (int Row, int NumRows) Of(int sequence) => (_firstRows[sequence], _sequences[sequence].Tokens.Length);

    /// <summary>Angles of a sequence.</summary>
    public RotaryTable Rotary(int sequence, bool isLocal) => isLocal ? _sequences[sequence].LocalRotary ?? _local! : _sequences[sequence].Rotary;

    /// <summary>Which sequence a row belongs to and which of its tokens it is.</summary>
    public (int Sequence, int Index) At(int row)
    {
        var sequence = _sequenceOfRow[row];
        return (sequence, row - _firstRows[sequence]);
    }

    /// <summary>Whether the encoding's gradient counts a sequence.</summary>
    public bool TrainsRotary(int sequence) => _sequences[sequence].TrainsRotary;

    /// <summary>The keys that each query of a sequence sees through a band, first and end.</summary>
    public (nint First, nint End) Cells(int sequence, int band, int window, bool isLocal)
    {
        if (!_cells.TryGetValue((sequence, band, window, isLocal), out var cells))
        {
            var (numRows, starts) = (_sequences[sequence].Tokens.Length, _sequences[sequence].DocumentStarts);
            cells = (new NativeBuffer<int>(numRows), new NativeBuffer<int>(numRows));
            _cells.Add((sequence, band, window, isLocal), cells);
            for (var query = 0; query < numRows; query++)
            {
                Rotary(sequence, isLocal).Bands[band].Keys(query, window, out var first, out var end);
                first = starts is null ? first : Math.Max(first, starts[query]);
                cells.First.Pointer[query] = (int)first;
                cells.End.Pointer[query] = (int)Math.Max(first, end);
            }
        }

        return ((nint)cells.First.Pointer, (nint)cells.End.Pointer);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (first, end) in _cells.Values)
        {
            first.Dispose();
            end.Dispose();
        }
    }
}
