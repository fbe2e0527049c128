namespace Ropewalk.Lab.Search;

/// <summary>Windows in turn.</summary>
/// <param name="count">How many there are.</param>
internal sealed class WindowRotation(int count)
{
    private int _next;

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>The next ones, in their order; all where more are wanted than there are.</summary>
    public int[] Next(int wanted)
    {
        int[] windows = [.. Enumerable.Range(_next, Math.Min(wanted, count)).Select(w => w % count)];
        _next = (_next + windows.Length) % count;
        return windows;
    }
}
