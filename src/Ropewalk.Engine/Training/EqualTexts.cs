using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Training;

/// <summary>Tells which documents are the same text: a copy of a query's own document is no wrong answer.</summary>
public static class EqualTexts
{
    /// <summary>For each text a number that only texts of the same tokens share, counted from 0 in the order of their first places.</summary>
    public static int[] Numbers(IEnumerable<int[]> texts)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. texts.Select(tokens =>
        {
            var key = Convert.ToBase64String(MemoryMarshal.AsBytes(tokens.AsSpan()));
            return numbers.TryAdd(key, numbers.Count) ? numbers.Count - 1 : numbers[key];
        })];
    }
}
