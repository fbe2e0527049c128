using System.Buffers;
using System.Text;

namespace Ropewalk.Engine.Formats;

/// <summary>Where text stops being UTF-8.</summary>
internal static class Utf8Text
{
    /// <summary>Offset of the first byte that is no part of a character, or the length if there is none.</summary>
    public static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out var consumed) == OperationStatus.Done)
        {
            offset += consumed;
        }

        return offset;
    }
}
