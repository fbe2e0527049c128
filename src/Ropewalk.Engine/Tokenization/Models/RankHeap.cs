namespace Ropewalk.Engine.Tokenization;

/// <summary>A min-heap of (rank, position) packed into one number: lowest rank first, leftmost on ties.</summary>
internal sealed class RankHeap(int capacity)
{
    private const int Arity = 4;
    private ulong[] _items = new ulong[Math.Max(capacity, 16)];

    public int Count { get; private set; }

    /// <summary>Appends without keeping order; call <see cref="Order"/> before the first <see cref="Pop"/>.</summary>
    public void Add(int rank, int position)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = ((ulong)(uint)rank << 32) | (uint)position;
    }

    /// <summary>Makes a heap of what was added, in linear time.</summary>
    public void Order()
    {
        for (var i = (Count - 2) / Arity; i >= 0 && Count > 1; i--)
        {
            SiftDown(i);
        }
    }

    public void Push(int rank, int position)
    {
        Add(rank, position);
        var i = Count - 1;
        var item = _items[i];
        while (i > 0 && item < _items[(i - 1) / Arity])
        {
            _items[i] = _items[(i - 1) / Arity];
            i = (i - 1) / Arity;
        }

        _items[i] = item;
    }

    public (int Rank, int Position) Pop()
    {
        var top = _items[0];
        _items[0] = _items[--Count];
        if (Count > 1)
        {
            SiftDown(0);
        }

        return ((int)(top >> 32), (int)(uint)top);
    }

    private void SiftDown(int i)
    {
        var item = _items[i];
        while (true)
        {
            var first = (i * Arity) + 1;
            if (first >= Count)
            {
                break;
            }

            var least = first;
            var end = Math.Min(first + Arity, Count);
            for (var child = first + 1; child < end; child++)
            {
                if (_items[child] < _items[least])
                {
                    least = child;
                }
            }

            if (item <= _items[least])
            {
                break;
            }

            _items[i] = _items[least];
            i = least;
        }

        _items[i] = item;
    }
}
