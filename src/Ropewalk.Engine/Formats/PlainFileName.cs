using System.Buffers;
using System.Text;

namespace Ropewalk.Engine.Formats;

/// <summary>Tells names that stay in their folder on every system from those that may lead out of it.</summary>
public static class PlainFileName
{
    private const int MaximumBytes = 255;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\:*?\"<>|");

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>True for one plain file name: no separators of any system, no drive, no device, no dots alone, nothing unprintable.
    /// The text is judged, not what a link of that name points to: Hugging Face's cache links out of the folder on purpose.</summary>
    public static bool IsPlain(string name) =>
        name.Length > 0
        && !name.AsSpan().ContainsAny(Forbidden)
        && !name.EndsWith('.')
        && !name.EndsWith(' ')
        && Printable.OneLine(name) == name
        && Encoding.UTF8.GetByteCount(name) <= MaximumBytes
        && !Devices.Contains(name.Split('.')[0].TrimEnd());
}
