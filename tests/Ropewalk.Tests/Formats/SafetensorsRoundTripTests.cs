using FsCheck;
using FsCheck.Fluent;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;

namespace Ropewalk.Tests.Formats;

public sealed class SafetensorsRoundTripTests
{
    /// <summary>Anything that may be a tensor: a name, a type, a shape, and a seed for its bytes.</summary>
    private static readonly Gen<(string Name, StoredType Type, long[] Shape, int Seed)> Tensors =
        from name in Gen.Elements("w", "model.layers.0.q", "\u00e9\u4e2d\U0001F600", "a\"b\\c", "\n\0", "../x", "")
        from type in Gen.Elements(Enum.GetValues<StoredType>().Where(t => StoredTypes.BitsOf(t) % 8 == 0).ToArray())
        from shape in Gen.Choose(0, 4).ListOf().Select(list => list.Take(SafetensorsLimits.Rank).Select(extent => (long)extent).ToArray())
        from seed in Gen.Choose(0, int.MaxValue)
        select (name, type, shape, seed);

    [Fact]
    public void What_is_written_is_read_back_and_written_alike_again()
    {
        using var folder = new TemporaryFolder();
        Prop.ForAll(Tensors.ListOf().ToArbitrary(), list =>
        {
            var tensors = list.DistinctBy(tensor => tensor.Name).ToArray();
            var contents = tensors.Select(tensor =>
            {
                Assert.True(StoredTypes.TryMeasure(tensor.Type, tensor.Shape, out _, out var lengthBytes));
                var bytes = new byte[lengthBytes];
                new Random(tensor.Seed).NextBytes(bytes);
                return bytes;
            }).ToArray();
            var sources = tensors.Select((tensor, i) => TensorSource.FromBytes(tensor.Name, tensor.Type, tensor.Shape, contents[i])).ToArray();
            var metadata = new Dictionary<string, string> { ["format"] = "pt", ["a\n"] = "\u4e2d\"" };
            var path = folder.PathOf("x.safetensors");
            SafetensorsWriter.Write(path, sources, metadata);

            using var file = SafetensorsFile.Open(path);
            Assert.Equal(tensors.Select(tensor => tensor.Name), file.Tensors.Keys);
            Assert.Equal(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal));
            for (var i = 0; i < tensors.Length; i++)
            {
                var entry = file.Tensors[tensors[i].Name];
                var read = new byte[entry.LengthBytes];
                file.ReadBytes(entry, 0, read);
                Assert.Equal(tensors[i].Type, entry.Type);
                Assert.Equal(tensors[i].Shape, entry.Shape);
                Assert.Equal(contents[i], read);
            }

            var copy = folder.PathOf("copy.safetensors");
            SafetensorsWriter.Write(copy, [.. file.Tensors.Values.Select(entry => TensorSource.Copy(file, entry))], file.Metadata);
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
            Assert.Equal(0, BitConverter.ToInt64(File.ReadAllBytes(path)) % 8);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Writer_refuses_what_the_reader_would()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("x.safetensors");
        TensorSource Named(string name) => TensorSource.FromBytes(name, StoredType.U8, [1], new byte[1]);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Named("a"), Named("a")]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Named("__metadata__")]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Named("\ud800")]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Named(new string('n', 1025))]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [TensorSource.FromBytes("r", StoredType.U8, new long[9], default)]));
        Assert.Throws<ArgumentException>(() => TensorSource.FromBytes("n", StoredType.U8, [-1], default));
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(path, [TensorSource.FromBytes("s", StoredType.F32, [2], new byte[7])]));
        Assert.Empty(folder.Entries());
    }

    [Fact]
    public void Every_half_and_bfloat16_widens_exactly()
    {
        var bits = Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).ToArray();
        var halves = new float[bits.Length];
        var brains = new float[bits.Length];
        Float16.ToSingle(bits, halves);
        Bfloat16.ToSingle(bits, brains);
        for (var i = 0; i < bits.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(bits[i]);
            Assert.True(BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(halves[i]) || (float.IsNaN(expected) && float.IsNaN(halves[i])), $"half {i:X4}");
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(brains[i]));
            Assert.True(Bfloat16.FromSingle(brains[i]) == bits[i] || (float.IsNaN(brains[i]) && float.IsNaN(Bfloat16.ToSingle(Bfloat16.FromSingle(brains[i])))), $"bfloat16 {i:X4}");
        }
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)] // a tie goes to the even one below
    [InlineData(0x3F818000u, 0x3F82)] // and above
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x3F807FFFu, 0x3F80)]
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float rounds to infinity
    [InlineData(0xFF800000u, 0xFF80)]
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN whose payload is all in the lower half stays NaN
    [InlineData(0xFFFFFFFFu, 0xFFFF)]
    [InlineData(0x00008001u, 0x0001)] // subnormal
    public void Bfloat16_rounds_to_nearest_even(uint single, int expected) =>
        Assert.Equal(expected, Bfloat16.FromSingle(BitConverter.UInt32BitsToSingle(single)));
}
