using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Reads the values of metadata as the types of .NET that <see cref="GgufMetadata"/> lists.</summary>
internal static class GgufValues
{
    /// <summary>A value of the kind, which the reader stands behind.</summary>
    public static object Read(GgufReader reader, GgufValueType kind) => kind switch
    {
        GgufValueType.List => ReadList(reader),
        GgufValueType.Text => reader.Text(),
        _ => ReadNumbers(reader, kind, isList: false).GetValue(0)!,
    };

    private static Array ReadList(GgufReader reader)
    {
        var kind = (GgufValueType)reader.UInt32();
        if (kind == GgufValueType.List)
        {
            reader.Fail("a list of lists", "a list of numbers, bools or texts");
        }

        if (kind != GgufValueType.Text)
        {
            return ReadNumbers(reader, kind, isList: true);
        }

        // A text takes at least its length, and a reference is no larger than that.
        var texts = new string[reader.Count(reader.UInt64(), sizeof(ulong))];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.Text();
        }

        return texts;
    }

    /// <summary>Numbers or bools of one kind: as many as the file says next, or one that is no list.</summary>
    private static Array ReadNumbers(GgufReader reader, GgufValueType kind, bool isList)
    {
        if (!GgufValueTypes.TryGetNumber(kind, out var type, out var bytes))
        {
            reader.Fail($"value type {(uint)kind}", "a type from 0 to 12");
        }

        var values = Array.CreateInstance(type, isList ? reader.Count(reader.UInt64(), bytes) : 1);
        if (values.Length == 0)
        {
            return values;
        }

        var content = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(values), Buffer.ByteLength(values));
        reader.Numbers(content);
        if (kind == GgufValueType.Bool && content.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var at)
        {
            reader.Fail($"a bool of {content[at]}", "0 or 1");
        }

        return values;
    }
}
