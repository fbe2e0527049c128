using Ropewalk.Positions;

namespace Ropewalk.Engine.Models;

/// <summary>Angles of the layers whose encoding is never extended: one table that grows with the longest sequence seen. Tables that
/// another thread may still read stay until the model is disposed of.</summary>
internal sealed class LocalRotary(RopeScaling scaling) : IDisposable
{
    private const int SmallestLength = 1024;
    private readonly Lock _gate = new();
    private readonly List<RotaryTable> _tables = [];

    /// <summary>A table of at least this many positions.</summary>
    public RotaryTable Table(int length)
    {
        lock (_gate)
        {
            if (_tables.Count == 0 || _tables[^1].Length < length)
            {
                // Twice what the last one held, so that generation makes few of them.
                var longer = Math.Max(SmallestLength, Math.Max(length, _tables.Count == 0 ? 0 : 2 * _tables[^1].Length));
                _tables.Add(new RotaryTable(scaling.At(longer), longer));
            }

            return _tables[^1];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var table in _tables)
        {
            table.Dispose();
        }
    }
}
