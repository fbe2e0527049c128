namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A merge sort: equal items keep their order, as in Python, and an error of the comparison comes out as it is.</summary>
internal static class StableSort
{
    /// <summary>Sorts the list and gives it back.</summary>
    public static List<T> Sort<T>(List<T> items, Comparison<T> compare)
    {
        var other = new List<T>(items);
        for (var width = 1; width < items.Count; width *= 2)
        {
            for (var start = 0; start < items.Count; start += 2 * width)
            {
                Merge(items, other, start, Math.Min(start + width, items.Count), Math.Min(start + (2 * width), items.Count), compare);
            }

            (items, other) = (other, items);
        }

        return items;
    }

    private static void Merge<T>(List<T> from, List<T> to, int left, int middle, int end, Comparison<T> compare)
    {
        var right = middle;
        for (var i = left; i < end; i++)
        {
            var takesLeft = left < middle && (right >= end || compare(from[left], from[right]) <= 0);
            to[i] = from[takesLeft ? left++ : right++];
        }
    }
}
