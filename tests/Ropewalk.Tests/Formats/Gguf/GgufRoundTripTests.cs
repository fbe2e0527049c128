using FsCheck;
using FsCheck.Fluent;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Formats.Gguf;

public sealed class GgufRoundTripTests
{
    private static readonly string[] Texts = ["", "a", "\u2581a", "\u4e2d\U0001F600", "line\nbreak", "\0", "{{ bos }}"];

    /// <summary>Anything that metadata may hold.</summary>
    private static readonly Gen<object> Values = Gen.OneOf(
        Scalars().Concat(
        [
            ListOf(Gen.Elements(Texts)), ListOf(Numbers.Select(n => (byte)n)), ListOf(Numbers.Select(n => (sbyte)n)), ListOf(Numbers.Select(n => (ushort)n)),
            ListOf(Numbers.Select(n => (short)n)), ListOf(Numbers.Select(n => (uint)n)), ListOf(Numbers.Select(n => (int)n)), ListOf(Numbers.Select(n => (ulong)n)),
            ListOf(Numbers), ListOf(Numbers.Select(n => (float)n)), ListOf(Numbers.Select(n => n * 0.1)), ListOf(Numbers.Select(n => n % 2 == 0)),
        ]));

    /// <summary>Anything that may be a tensor: name, type, shape and a seed for its bytes.</summary>
    private static readonly Gen<(string Name, GgmlType Type, long[] Shape, int Seed)> Tensors =
        from name in Gen.Elements("w", "blk.0.attn_q.weight", "\u00e9\u4e2d\U0001F600", "a\nb", "../x", new string('n', 63))
        from type in Gen.Elements(Enum.GetValues<GgmlType>())
        from outer in Gen.Choose(1, 4).ListOf()
        from blocks in Gen.Choose(1, 3)
        from seed in Gen.Choose(0, int.MaxValue)
        select (name, type, (long[])[.. outer.Take(3).Select(extent => (long)extent), blocks * GgmlTypes.BlockLength(type)], seed);

    private static Gen<long> Numbers => Gen.Elements(0L, 1, -1, 255, 256, -129, 65_536, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue, 0x0123_4567_89AB_CDEF);

    [Fact]
    public void What_is_written_is_read_back_and_written_alike_again()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("x.gguf");
        var contents = from values in Values.ListOf()
                       from alignment in Gen.Elements(0u, 1u, 8u, 32u, 256u)
                       from tensors in Tensors.ListOf()
                       select (values, alignment, tensors.DistinctBy(tensor => tensor.Name).ToArray());
        Prop.ForAll(contents.ToArbitrary(), content =>
        {
            var (values, alignment, tensors) = content;
            var metadata = new GgufMetadata(path);
            foreach (var (value, i) in values.Select((value, i) => (value, i)))
            {
                metadata.Set($"key.{i}", value);
            }

            if (alignment > 0)
            {
                metadata.Set("general.alignment", alignment);
            }

            var bytes = tensors.Select(tensor => Bytes(tensor.Type, tensor.Shape, tensor.Seed)).ToArray();
            GgufWriter.Write(path, metadata, [.. tensors.Select((tensor, i) => new GgufTensorSource(tensor.Name, tensor.Type, tensor.Shape, stream => stream.Write(bytes[i])))]);

            using var file = GgufFile.Open(path);
            Assert.Equal(3, file.Version);
            Assert.Equal(0, file.TailBytes);
            Assert.Equal(alignment == 0 ? 32 : (int)alignment, file.AlignmentBytes);
            Assert.Equal(metadata.Keys, file.Metadata.Keys);
            foreach (var key in metadata.Keys)
            {
                Assert.True(metadata.TryGet(key, out var expected));
                Assert.True(file.Metadata.TryGet(key, out var found));
                Assert.Equal(expected.GetType(), found.GetType());
                Assert.Equal(expected, found);
            }

            Assert.Equal(tensors.Select(tensor => tensor.Name), file.Tensors.Keys);
            foreach (var ((name, type, shape, _), content1) in tensors.Zip(bytes))
            {
                var tensor = file.Tensors[name];
                var read = new byte[tensor.LengthBytes];
                file.ReadBytes(tensor, 0, read);
                Assert.Equal(type, tensor.Type);
                Assert.Equal(shape, tensor.Shape);
                Assert.Equal(shape.Aggregate(1L, (product, extent) => product * extent), tensor.Elements);
                Assert.Equal(content1, read);
            }

            var copy = folder.PathOf("copy.gguf");
            GgufWriter.Write(copy, file.Metadata, [.. file.Tensors.Values.Select(tensor => GgufTensorSource.Copy(file, tensor))]);
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Writer_refuses_what_the_reader_would()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("x.gguf");
        GgufTensorSource Named(string name) => GgufTensorSource.FromSingles(name, [1], new float[1]);
        void Refused(string key, object value)
        {
            var metadata = new GgufMetadata(path);
            metadata.Set(key, value);
            Assert.ThrowsAny<ArgumentException>(() => GgufWriter.Write(path, metadata, []));
        }

        Refused("", 1);
        Refused("Key", 1);
        Refused("a b", 1);
        Refused("k\u00e9", 1);
        Refused(new string('k', 65_536), 1);
        Refused("k", 1m);
        Refused("k", 'c');
        Refused("k", new int[1][]);
        Refused("k", new int[1, 1]);
        Refused("k", new decimal[1]);
        Refused("k", GgmlType.F32);
        Refused("k", new List<int>());
        Refused("k", "\ud800");
        Refused("k", new[] { "a", "\udc00" });
        Refused("general.alignment", 3u);
        Refused("general.alignment", 32);
        var empty = new GgufMetadata(path);
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, empty, [Named("a"), Named("a")]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, empty, [Named("")]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, empty, [Named("a\0b")]));
        Assert.ThrowsAny<ArgumentException>(() => GgufWriter.Write(path, empty, [Named("\ud800")]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, empty, [Named(new string('n', 64))]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, empty, [Named(new string('\u00e9', 32))]));
        Assert.Throws<ArgumentException>(() => new GgufTensorSource("t", GgmlType.Q4_0, [33], _ => { }));
        Assert.Throws<ArgumentException>(() => new GgufTensorSource("t", GgmlType.F32, [], _ => { }));
        Assert.Throws<ArgumentException>(() => new GgufTensorSource("t", GgmlType.F32, [1, 1, 1, 1, 1], _ => { }));
        Assert.Throws<ArgumentException>(() => new GgufTensorSource("t", GgmlType.F32, [0], _ => { }));
        Assert.Throws<ArgumentException>(() => new GgufTensorSource("t", GgmlType.F32, [1L << 32, 1L << 32], _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GgufTensorSource("t", (GgmlType)4, [32], _ => { }));
        Assert.Throws<InvalidOperationException>(() => GgufWriter.Write(path, empty, [new GgufTensorSource("s", GgmlType.F32, [2], stream => stream.WriteByte(1))]));
        Assert.Empty(folder.Entries());
    }

    [Fact]
    public void S22_a_file_can_be_replaced_by_its_own_copy_with_new_metadata()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.gguf", GgufBytes.Valid());
        using (var file = GgufFile.Open(path))
        {
            file.Metadata.Set("llama.rope.scaling.type", "longrope");
            GgufWriter.Write(path, file.Metadata, [.. file.Tensors.Values.Select(tensor => GgufTensorSource.Copy(file, tensor)), GgufTensorSource.FromSingles("rope_freqs.weight", [2], new[] { 1f, 2f })]);
        }

        using var copy = GgufFile.Open(path);
        Assert.Equal("longrope", copy.Metadata.RequiredText("llama.rope.scaling.type"));
        Assert.Equal(["a", "b", "c", "rope_freqs.weight"], copy.Tensors.Keys);
        var bytes = new byte[54];
        copy.ReadBytes(copy.Tensors["b"], 0, bytes);
        Assert.Equal(Enumerable.Range(32, 54).Select(i => (byte)(i * 7)), bytes);
        Assert.Equal(["x.gguf"], folder.Entries());
    }

    [Fact]
    public void A_list_of_another_width_is_no_list_of_i32()
    {
        var metadata = new GgufMetadata("x.gguf");
        metadata.Set("k", new uint[] { 1, uint.MaxValue });
        Attack.MustFail(() => metadata.OptionalInts("k"), 0, "x.gguf: k: found a list of 2 UInt32", "a list of i32");
    }

    private static IEnumerable<Gen<object>> Scalars()
    {
        yield return Gen.Elements(Texts).Select(text => (object)text);
        yield return Numbers.SelectMany(n => Gen.Elements<object>(
            (byte)n, (sbyte)n, (ushort)n, (short)n, (uint)n, (int)n, (ulong)n, n, (float)n, n * 0.1, n % 2 == 0, float.NaN, double.NegativeInfinity));
    }

    private static Gen<object> ListOf<T>(Gen<T> elements) => elements.ListOf().Select(list => (object)list.ToArray());

    private static byte[] Bytes(GgmlType type, long[] shape, int seed)
    {
        var bytes = new byte[GgmlTypes.RowBytes(type, shape[^1]) * shape[..^1].Aggregate(1L, (product, extent) => product * extent)];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
