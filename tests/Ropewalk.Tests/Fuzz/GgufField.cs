namespace Ropewalk.Tests.Fuzz;

/// <summary>A field of a file: where it lies and what it means.</summary>
internal sealed record GgufField(int Offset, int Bytes, GgufFieldKind Kind)
{
    private static readonly int[] ValueBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    /// <summary>Walks through a sound file.</summary>
    public static List<GgufField> Of(byte[] file)
    {
        var fields = new List<GgufField>();
        var at = 0;
        ulong Take(int bytes, GgufFieldKind kind)
        {
            fields.Add(new GgufField(at, bytes, kind));
            at += bytes;
            return bytes switch { 4 => BitConverter.ToUInt32(file, at - 4), 8 => BitConverter.ToUInt64(file, at - 8), _ => 0 };
        }

        void Text() => Take((int)Take(8, GgufFieldKind.Length), GgufFieldKind.Text);
        Take(4, GgufFieldKind.Format);
        Take(4, GgufFieldKind.Format);
        var numTensors = Take(8, GgufFieldKind.Count);
        var numPairs = Take(8, GgufFieldKind.Count);
        for (; numPairs > 0; numPairs--)
        {
            Text();
            var type = Take(4, GgufFieldKind.ValueType);
            var count = 1UL;
            if (type == 9)
            {
                type = Take(4, GgufFieldKind.ValueType);
                count = Take(8, GgufFieldKind.Count);
            }

            if (type != 8)
            {
                Take((int)count * ValueBytes[type], GgufFieldKind.Value);
            }

            for (; type == 8 && count > 0; count--)
            {
                Text();
            }
        }

        for (; numTensors > 0; numTensors--)
        {
            Text();
            for (var rank = Take(4, GgufFieldKind.Rank); rank > 0; rank--)
            {
                Take(8, GgufFieldKind.Extent);
            }

            Take(4, GgufFieldKind.TensorType);
            Take(8, GgufFieldKind.Offset);
        }

        return fields;
    }
}
