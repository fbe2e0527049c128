using System.Text;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Fuzz;

/// <summary>Changes a sound safetensors file while keeping most of its structure: numbers replaced by interesting ones, bytes changed, pieces
/// cut, doubled or swapped; the length prefix is corrected mostly, so that the header's own checks are reached.</summary>
internal sealed class SafetensorsMutator(byte[] seed)
{
    private static readonly string[] Numbers =
        ["0", "1", "-1", "4", "24", "25", "32", "33", "255", "2147483648", "9223372036854775807", "18446744073709551615", "1e9", "4.5", "null", "\"0\"", "[]"];

    private static readonly string[] Words =
        ["F32", "BF16", "F64", "F4", "U8", "dtype", "shape", "data_offsets", "__metadata__", "\\ud800", "a", "b", "{", "}", "[", "]", ",", ":", "\0"];

    private readonly string _header = Encoding.UTF8.GetString(seed, 8, (int)BitConverter.ToInt64(seed));
    private readonly byte[] _data = seed[(8 + (int)BitConverter.ToInt64(seed))..];

    /// <summary>Makes a file.</summary>
    public byte[] Mutate(Random random)
    {
        var header = _header;
        var data = _data;
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(header.Length);
            switch (random.Next(6))
            {
                case 0:
                    var digits = Enumerable.Range(0, header.Length).Where(i => char.IsAsciiDigit(header[i])).ToArray();
                    if (digits.Length > 0)
                    {
                        at = digits[random.Next(digits.Length)];
                        header = header[..at] + Numbers[random.Next(Numbers.Length)] + header[(at + 1)..];
                    }

                    break;
                case 1:
                    header = header[..at] + (char)random.Next(1, 256) + header[(at + 1)..];
                    break;
                case 2:
                    var end = Math.Min(header.Length, at + random.Next(1, 20));
                    header = header.Length > 40 ? header[..at] + header[end..] : header;
                    break;
                case 3:
                    header = header[..at] + Words[random.Next(Words.Length)] + header[at..];
                    break;
                case 4:
                    header = header.Replace(Words[random.Next(9)], Words[random.Next(9)], StringComparison.Ordinal);
                    break;
                default:
                    data = random.Next(4) == 0 ? data[..random.Next(data.Length + 1)] : data;
                    break;
            }
        }

        byte[] file = [.. SafetensorsBytes.File(header, 0), .. data];
        return random.Next(8) switch
        {
            0 => FlipBit(file, random.Next(8), random),
            1 => FlipBit(file, random.Next(file.Length), random),
            2 => file[..random.Next(file.Length)],
            _ => file,
        };
    }

    private static byte[] FlipBit(byte[] file, int at, Random random)
    {
        file[at] ^= (byte)(1 << random.Next(8));
        return file;
    }
}
