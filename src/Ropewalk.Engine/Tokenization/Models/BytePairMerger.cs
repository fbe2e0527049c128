namespace Ropewalk.Engine.Tokenization;

/// <summary>Merges symbols by rank: always the pair of lowest rank, the leftmost of equal ones.</summary>
/// <param name="merges">Pair of ids to rank x 2^32 + id of the merged token.</param>
internal sealed class BytePairMerger(PairTable merges)
{
    private const int FewSymbols = 40;

    /// <summary>Merges in place; the result is the first n symbols, n returned. n log n, no recursion.</summary>
    public int Merge(Span<int> symbols) =>
        symbols.Length <= FewSymbols ? MergeFew(symbols) : MergeMany(symbols);

    /// <summary>Quadratic, but on a cache line or two: the heap pays only for longer words.</summary>
    private int MergeFew(Span<int> symbols)
    {
        Span<long> pairs = stackalloc long[FewSymbols];
        var count = symbols.Length;
        for (var i = 0; i + 1 < count; i++)
        {
            pairs[i] = Pair(symbols[i], symbols[i + 1]);
        }

        while (true)
        {
            var best = -1;
            var bestPair = long.MaxValue;
            for (var i = 0; i + 1 < count; i++)
            {
                // Equal ranks are equal pairs, so that comparing the whole number compares ranks.
                if (pairs[i] < bestPair)
                {
                    bestPair = pairs[i];
                    best = i;
                }
            }

            if (best < 0)
            {
                return count;
            }

            symbols[best] = (int)(uint)bestPair;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            pairs[Math.Min(best + 2, count)..count].CopyTo(pairs[(best + 1)..]);
            count--;
            if (best > 0)
            {
                pairs[best - 1] = Pair(symbols[best - 1], symbols[best]);
            }

            if (best + 1 < count)
            {
                pairs[best] = Pair(symbols[best], symbols[best + 1]);
            }
        }
    }

    private long Pair(int left, int right) => merges.Get(left, right) is var found and >= 0 ? found : long.MaxValue;

    /// <summary>A heap of candidate pairs over a doubly linked list; stale candidates are recognised when they come up.</summary>
    private int MergeMany(Span<int> symbols)
    {
        var count = symbols.Length;
        var next = new int[count];
        var previous = new int[count];
        var heap = new RankHeap(count);
        for (var i = 0; i < count; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            if (i + 1 < count && merges.Get(symbols[i], symbols[i + 1]) is var found and >= 0)
            {
                heap.Add((int)(found >> 32), i);
            }
        }

        heap.Order();
        while (heap.Count > 0)
        {
            var (rank, at) = heap.Pop();
            if (next[at] >= count || symbols[at] < 0)
            {
                continue;
            }

            var right = next[at];
            var pair = merges.Get(symbols[at], symbols[right]);
            if (pair < 0 || (int)(pair >> 32) != rank)
            {
                continue;
            }

            symbols[at] = (int)(uint)pair;
            symbols[right] = -1;
            next[at] = next[right];
            if (next[at] < count)
            {
                previous[next[at]] = at;
                Push(heap, symbols, at, next[at]);
            }

            if (previous[at] >= 0)
            {
                Push(heap, symbols, previous[at], at);
            }
        }

        var kept = 0;
        for (var i = 0; i < count; i = next[i])
        {
            symbols[kept++] = symbols[i];
        }

        return kept;
    }

    private void Push(RankHeap heap, Span<int> symbols, int left, int right)
    {
        if (merges.Get(symbols[left], symbols[right]) is var found and >= 0)
        {
            heap.Push((int)(found >> 32), left);
        }
    }
}
