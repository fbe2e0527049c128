using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>The metadata of the GGUF files in the shared folder, each read once.</summary>
/// <remarks>Reads only what these files hold. To be replaced by GgufFile.Open(path).Metadata where that exists.</remarks>
internal static class VocabularyFiles
{
    private static readonly ConcurrentDictionary<string, GgufMetadata> Loaded = new(StringComparer.Ordinal);

    /// <summary>A file of data/tokenizers/gguf-vocab by its short name, or a model of data/models.</summary>
    public static GgufMetadata Get(string name) => Loaded.GetOrAdd(name, n => Read(Path(n)));

    public static string Path(string name) => name is "stories260K" or "llama2xs"
        ? SharedData.Path("data", "models", name + ".gguf")
        : SharedData.Path("data", "tokenizers", "gguf-vocab", $"ggml-vocab-{name}.gguf");

    private static GgufMetadata Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        Assert.Equal(0x46554747u, reader.ReadUInt32());
        _ = reader.ReadUInt32();
        _ = reader.ReadUInt64();
        var count = reader.ReadUInt64();
        var metadata = new GgufMetadata(path);
        for (var i = 0UL; i < count; i++)
        {
            var key = Text(reader);
            metadata.Set(key, Value(reader, reader.ReadUInt32()));
        }

        return metadata;
    }

    private static object Value(BinaryReader reader, uint type) => type switch
    {
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadByte() != 0,
        8 => Text(reader),
        9 => List(reader, reader.ReadUInt32(), checked((int)reader.ReadUInt64())),
        10 => reader.ReadUInt64(),
        _ => throw new NotSupportedException($"value type {type}"),
    };

    private static Array List(BinaryReader reader, uint type, int count) => type switch
    {
        5 => Enumerable.Range(0, count).Select(_ => reader.ReadInt32()).ToArray(),
        6 => Enumerable.Range(0, count).Select(_ => reader.ReadSingle()).ToArray(),
        8 => Enumerable.Range(0, count).Select(_ => Text(reader)).ToArray(),
        _ => throw new NotSupportedException($"list of type {type}"),
    };

    private static string Text(BinaryReader reader)
    {
        Span<byte> length = stackalloc byte[8];
        reader.BaseStream.ReadExactly(length);
        return Encoding.UTF8.GetString(reader.ReadBytes(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(length))));
    }
}
