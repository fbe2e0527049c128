using System.Text;

namespace Ropewalk.Tests.Fuzz;

/// <summary>Changes sound GGUF files in a few places, knowing what lies where: lengths, counts, types and offsets take interesting numbers or
/// each other's, texts take others with their length right, and now and then bytes are flipped, cut, doubled or swapped.</summary>
internal sealed class GgufMutator(params byte[][] seeds)
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 65_535, 65_536, 1UL << 20, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32,
        1UL << 60, 1UL << 61, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue - 7, ulong.MaxValue,
    ];

    private static readonly string[] Texts = ["", "general.alignment", "general.architecture", "a", "b", "A", "\0", "\u202E\n", "\u00e9", new string('n', 63), new string('n', 64), "split.count", "tokenizer.ggml.tokens"];

    private readonly (byte[] File, List<GgufField> Fields)[] _seeds = [.. seeds.Select(seed => (seed, GgufField.Of(seed)))];

    /// <summary>Makes a file.</summary>
    public byte[] Mutate(Random random)
    {
        var (file, fields) = _seeds[random.Next(_seeds.Length)];
        if (random.Next(4) == 0)
        {
            file = ReplaceText(file, fields, random);
            fields = GgufField.Of(file);
        }

        file = (byte[])file.Clone();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var field = fields[random.Next(fields.Count)];
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    Put(file, field, field.Kind switch
                    {
                        GgufFieldKind.ValueType or GgufFieldKind.TensorType when random.Next(2) == 0 => (ulong)random.Next(45),
                        _ when random.Next(4) == 0 => (ulong)(file.Length - field.Offset - field.Bytes + random.Next(-1, 2)),
                        _ => Interesting[random.Next(Interesting.Length)],
                    });
                    break;
                case 3:
                    Put(file, field, unchecked(Get(file, field) + (random.Next(4) switch { 0 => 1UL, 1 => ulong.MaxValue, 2 => 32, _ => ulong.MaxValue - 31 })));
                    break;
                case 4:
                    var other = fields[random.Next(fields.Count)];
                    file.AsSpan(other.Offset, Math.Min(field.Bytes, other.Bytes)).ToArray().CopyTo(file, field.Offset);
                    break;
                case 5:
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    if (change == 1)
                    {
                        return Rough(file, random);
                    }

                    break;
            }
        }

        return file;
    }

    /// <summary>Cuts the file, or takes a piece out, in twice, or to another place.</summary>
    private static byte[] Rough(byte[] file, Random random)
    {
        var begin = random.Next(file.Length);
        var end = Math.Min(file.Length, begin + random.Next(1, 64));
        var to = random.Next(file.Length);
        return random.Next(5) switch
        {
            0 => file[..begin],
            1 => [.. file[..begin], .. file[end..]],
            2 => [.. file[..end], .. file[begin..]],
            3 => [.. file[..to], .. file[begin..end], .. file[to..]],
            _ => file,
        };
    }

    /// <summary>Another text in place of one, with its length; what follows is moved and the data aligned as before, so that the file stays whole.</summary>
    private static byte[] ReplaceText(byte[] file, List<GgufField> fields, Random random)
    {
        var texts = fields.Where(field => field.Kind == GgufFieldKind.Text).ToArray();
        if (texts.Length == 0)
        {
            return file;
        }

        var old = texts[random.Next(texts.Length)];
        var other = texts[random.Next(texts.Length)];
        var text = random.Next(2) == 0 ? file.AsSpan(other.Offset, other.Bytes).ToArray() : Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]);
        const int Alignment = 32;
        var headerEnd = fields[^1].Offset + fields[^1].Bytes;
        var data = Math.Min(file.Length, (headerEnd + Alignment - 1) / Alignment * Alignment);
        byte[] header = [.. file[..(old.Offset - 8)], .. BitConverter.GetBytes((ulong)text.Length), .. text, .. file[(old.Offset + old.Bytes)..headerEnd]];
        return [.. header, .. new byte[data == file.Length ? 0 : (Alignment - (header.Length % Alignment)) % Alignment], .. file[data..]];
    }

    private static ulong Get(byte[] file, GgufField field) => field.Bytes switch
    {
        8 => BitConverter.ToUInt64(file, field.Offset),
        4 => BitConverter.ToUInt32(file, field.Offset),
        > 0 => file[field.Offset],
        _ => 0,
    };

    private static void Put(byte[] file, GgufField field, ulong value) =>
        BitConverter.GetBytes(value).AsSpan(0, Math.Min(8, field.Bytes)).CopyTo(file.AsSpan(field.Offset));
}
