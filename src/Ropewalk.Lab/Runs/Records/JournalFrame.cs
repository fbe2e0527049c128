using System.Buffers.Binary;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>The journal's bytes: a header of 16 (the name "ropewalk", version, checksum), then frames of 12 (length of the payload, number of the
/// entry, checksum of both and the payload) before each payload. All little-endian.</summary>
internal static class JournalFrame
{
    /// <summary>The version that is written and read.</summary>
    public const uint Version = 1;

    /// <summary>Bytes of the file's header.</summary>
    public const int HeaderBytes = 16;

    /// <summary>Bytes before a payload.</summary>
    public const int FrameBytes = 12;

    /// <summary>A longer payload is damage: a window of a million tokens has 4 MB.</summary>
    public const int MaximumPayload = 1 << 28;

    private static ReadOnlySpan<byte> Magic => "ropewalk"u8;

    /// <summary>The file's header.</summary>
    public static byte[] Header()
    {
        var bytes = new byte[HeaderBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Of(bytes.AsSpan(0, 12)));
        return bytes;
    }

    /// <summary>The version in a header; null where it is none.</summary>
    public static uint? ReadHeader(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Magic) && Crc32C.Of(bytes[..12]) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) : null;

    /// <summary>A payload in its frame.</summary>
    public static byte[] Wrap(uint number, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[FrameBytes + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), number);
        payload.CopyTo(bytes.AsSpan(FrameBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Sum(bytes, payload));
        return bytes;
    }

    /// <summary>Length and number as a frame says them.</summary>
    public static (int Length, uint Number) Read(ReadOnlySpan<byte> frame) => (BinaryPrimitives.ReadInt32LittleEndian(frame), BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]));

    /// <summary>Whether a payload is what its frame was made for.</summary>
    public static bool IsSound(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) == Sum(frame, payload);

    private static uint Sum(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> payload) =>
        Crc32C.Of([.. frame[..8], .. BitConverter.GetBytes(Crc32C.Of(payload))]);
}
