using System.Buffers.Binary;
using System.Security.Cryptography;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Positions;

/// <summary>Hashes of lists of numbers, little-endian float64, so that they are the same on every machine.</summary>
internal static class RopeFingerprint
{
    /// <summary>SHA-256, lower-case hex, of the numbers.</summary>
    public static string Of(IEnumerable<double> numbers)
    {
        double[] values = [.. numbers];
        var bytes = new byte[values.Length * sizeof(double)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>SHA-256 of the geometry and all numbers of all entries.</summary>
    public static string OfEntries(RopeGeometry geometry, IEnumerable<LongRopeEntry> entries) => Of(
    [
        geometry.RotaryDimension,
        geometry.Base,
        geometry.OriginalContext,
        .. entries.SelectMany(e => (IEnumerable<double>)[e.MaximumLength, e.AttentionFactor, e.StartTokens, .. e.RescaleFactors]),
    ]);
}
