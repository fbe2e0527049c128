using Ropewalk.Engine.Formats.Gguf;
using static Ropewalk.Tests.Formats.Gguf.GgufBytes;

namespace Ropewalk.Tests.Formats.Gguf;

/// <summary>Hand-made defects of one file. The names begin with the rows of the reliability notes (G1 to G11; S18, S21 and F3 hold here too).</summary>
public sealed class GgufAttackTests
{
    private static readonly Dictionary<string, (Func<byte[]> Build, string[] Fragments)> Table = Rows();

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Defect_ends_in_one_line(string name)
    {
        using var folder = new TemporaryFolder();
        var (build, fragments) = Table[name];
        var bytes = build();
        var path = folder.Write("x.gguf", bytes);
        Attack.MustFail(() => GgufFile.Open(path).Dispose(), bytes.Length, [path, .. fragments]);
        Attack.MustFail(() => GgufFile.Open(path, mapped: true).Dispose(), bytes.Length, [path, .. fragments]);
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    public void Every_truncation_is_an_error(uint version)
    {
        using var folder = new TemporaryFolder();
        var whole = Valid(version);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("x.gguf", whole[..length]);
            Attack.MustFail(() => GgufFile.Open(path).Dispose(), length, path);
        }

        using var file = GgufFile.Open(folder.Write("x.gguf", whole));
        Assert.Equal((int)version, file.Version);
        Assert.Equal(["a", "b", "c"], file.Tensors.Keys);
        Assert.Equal(0, file.TailBytes);
        Assert.Equal(["<s>", "", "\u2581a"], file.Metadata.OptionalTexts("tokens")!);
    }

    [Fact]
    public void G8_every_type_of_ggml_is_known_or_refused_by_number()
    {
        // Block length and bytes of ggml_blck_size and ggml_type_size, printed by llama.cpp's own library for 0 to 42; 0 where it has removed one.
        (int Length, int Bytes)[] expected =
        [
            (1, 4), (1, 2), (32, 18), (32, 20), (0, 0), (0, 0), (32, 22), (32, 24), (32, 34), (32, 36), (256, 84), (256, 110), (256, 144), (256, 176),
            (256, 210), (256, 292), (256, 66), (256, 74), (256, 98), (256, 50), (32, 18), (256, 110), (256, 82), (256, 136), (1, 1), (1, 2), (1, 4), (1, 8),
            (1, 8), (256, 56), (1, 2), (0, 0), (0, 0), (0, 0), (256, 54), (256, 66), (0, 0), (0, 0), (0, 0), (32, 17), (64, 36), (128, 18), (64, 18),
        ];
        using var folder = new TemporaryFolder();
        for (var type = 0u; type < expected.Length; type++)
        {
            var (length, bytes) = expected[type];
            if (length == 0)
            {
                var refused = folder.Write("x.gguf", OneTensor([256], type));
                Attack.MustFail(() => GgufFile.Open(refused), 0, "tensor 't'", $"type {type}");
                continue;
            }

            using var file = GgufFile.Open(folder.Write("x.gguf", Whole([], [Tensor("t", [(ulong)length, 3], type, 0)], 3 * bytes)));
            var tensor = file.Tensors["t"];
            Assert.Equal(3 * bytes, tensor.LengthBytes);
            Assert.Equal([3, length], tensor.Shape);
            file.ReadBytes(tensor, 0, new byte[3 * bytes]);
            if (tensor.Type is null)
            {
                Attack.MustFail(() => file.TypeOf(tensor), 0, "x.gguf: tensor 't': the type " + tensor.TypeName + " is not supported", "Q4_K");
            }
            else
            {
                Assert.Equal(tensor.Type, file.TypeOf(tensor));
                Assert.Equal(type, (uint)tensor.Type);
            }

            var short1 = folder.Write("x.gguf", Whole([], [Tensor("t", [(ulong)length, 3], type, 0)], (3 * bytes) - 1));
            Attack.MustFail(() => GgufFile.Open(short1), 0, "tensor 't'", "an end within the file");
        }
    }

    [Fact]
    public void G5_names_of_chat_templates_keep_their_capitals()
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(folder.Write("x.gguf", One(Pair("tokenizer.chat_template.Tool_Use", 8, Text("{{x}}")))));
        Assert.Equal("{{x}}", file.Metadata.RequiredText("tokenizer.chat_template.Tool_Use"));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(64u)]
    [InlineData(65_536u)]
    public void G6_powers_of_two_are_alignments(uint alignment)
    {
        using var folder = new TemporaryFolder();
        var tensors = new[] { Tensor("a", [1], F32, 0), Tensor("b", [1], F32, Math.Max(4, alignment)) };
        var bytes = Whole([Pair("general.alignment", 4, U32(alignment))], tensors, (int)Math.Max(4, alignment) + 4, alignment: (int)alignment);
        using var file = GgufFile.Open(folder.Write("x.gguf", bytes));
        Assert.Equal((int)alignment, file.AlignmentBytes);
        Assert.Equal(0, file.Tensors["a"].OffsetBytes % alignment);
        Assert.Equal(bytes.Length - 4, file.Tensors["b"].OffsetBytes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(28, 0)] // the padding of the last tensor, which some writers leave away
    [InlineData(29, 1)]
    [InlineData(1028, 1000)]
    public void G16_a_tail_is_reported(int extra, long tail)
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(folder.Write("x.gguf", Whole([], [Tensor("t", [1], F32, 0)], 4 + extra)));
        Assert.Equal(tail, file.TailBytes);
        using var none = GgufFile.Open(folder.Write("y.gguf", Whole([], [], 8 + extra)));
        Assert.Equal(extra, none.TailBytes);
    }

    [Fact]
    public void S19_a_file_that_shrinks_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.gguf", Valid());
        using var file = GgufFile.Open(path);
        using (var handle = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            handle.SetLength(handle.Length - 4);
        }

        Attack.MustFail(() => file.ReadBytes(file.Tensors["c"], 0, new byte[32]), 0, path, "shorter since it was opened");
    }

    [Fact]
    public void S20_a_sparse_file_beyond_4_GiB_is_read_at_its_end()
    {
        using var folder = new TemporaryFolder();
        const long Big = 5L << 30;
        var start = Whole([], [Tensor("big", [Big / 4], F32, 0), Tensor("end", [1], F32, Big)], 0);
        var path = folder.Write("x.gguf", start);
        using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(handle, BitConverter.GetBytes(2.5f), start.Length + Big);
        }

        using var file = GgufFile.Open(path, mapped: true);
        var bytes = new byte[4];
        file.ReadBytes(file.Tensors["end"], 0, bytes);
        Assert.Equal(2.5f, BitConverter.ToSingle(bytes));
        unsafe
        {
            Assert.Equal(2.5f, *(float*)file.MappedPointer(file.Tensors["end"]));
            Assert.Equal(0, file.MappedPointer(file.Tensors["big"])[Big - 1]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadBytes(file.Tensors["big"], Big - 3, bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadBytes(file.Tensors["big"], -1, bytes));
    }

    [Fact]
    public void A_header_larger_than_any_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        var start = Whole([List("k", 0, 1UL << 31, [])], [], 0);
        var path = folder.Write("x.gguf", start);
        using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.SetLength(handle, 5L << 30);
        }

        Attack.MustFail(() => GgufFile.Open(path), 0, "k (byte", "found 2147483648", "that a header may take");
    }

    [Fact]
    public void S21_only_regular_files_are_opened()
    {
        using var folder = new TemporaryFolder();
        Attack.MustFail(() => GgufFile.Open(folder.Root), 0, "a folder");
        Attack.MustFail(() => GgufFile.Open(folder.PathOf("none")), 0, "nothing there");
        Attack.MustFail(() => GgufFile.Open("a\0b"), 0, "no file can have");
        if (OperatingSystem.IsLinux())
        {
            Attack.MustFail(() => GgufFile.Open("/dev/zero"), 0, "a pipe, socket or device");
        }
    }

    [Fact]
    public void A_tensor_of_another_file_and_a_pointer_without_mapping_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var one = GgufFile.Open(folder.Write("1.gguf", Valid()));
        var two = GgufFile.Open(folder.Write("2.gguf", Valid()), mapped: true);
        Assert.Throws<ArgumentException>(() => two.ReadBytes(one.Tensors["a"], 0, new byte[1]));
        unsafe
        {
            Assert.Throws<InvalidOperationException>(() => { _ = one.MappedPointer(one.Tensors["a"]); });
            Assert.Equal(7, two.MappedPointer(two.Tensors["a"])[1]);
            two.Dispose();
            Assert.Throws<ObjectDisposedException>(() => { _ = two.MappedPointer(two.Tensors["a"]); });
        }
    }

    private static Dictionary<string, (Func<byte[]> Build, string[] Fragments)> Rows()
    {
        var rows = new Dictionary<string, (Func<byte[]>, string[])>(StringComparer.Ordinal);
        void Add(string name, Func<byte[]> build, params string[] fragments) => rows.Add(name, (build, fragments));
        void Value(string name, byte[] pair, params string[] fragments) => Add(name, () => One(pair), fragments);
        void Described(string name, Func<byte[]> build, params string[] fragments) => Add(name, build, ["tensor 't'", .. fragments]);

        Add("G1 empty", () => [], "magic", "an empty file");
        Add("G1 3 bytes", () => "GGU"u8.ToArray(), "a file of 3 bytes");
        Add("G1 FUGG", () => [.. "FUGG"u8, .. Valid()[4..]], "46554747", "'GGUF'");
        Add("G1 GGUf", () => [.. "GGUf"u8, .. Valid()[4..]], "47475566");
        Add("G1 version 0", () => Valid(0), "version (byte 4)", "found 0");
        Add("G1 version 1", () => Valid(1), "version (byte 4)", "GGUF version 1 is not supported", "2 and 3");
        Add("G1 version 4", () => Valid(4), "GGUF version 4");
        Add("G1 version 2^32-1", () => Valid(uint.MaxValue), "GGUF version 4294967295");
        Add("G1 big-endian", () => Valid(0x0300_0000), "0x03000000 (a big-endian file?)");

        foreach (var count in new[] { ulong.MaxValue, 1UL << 63, 1UL << 32, 8UL })
        {
            Add($"G2 tensor count {count}", () => Whole([Pair("k", 0, [1])], [], 240, numTensors: count), "tensor count (byte 8)", $"found {count}", "at most 7");
            Add($"G2 pair count {count * 3}", () => Whole([Pair("k", 0, [1])], [], 240, numPairs: unchecked(count * 3)), "metadata count (byte 16)", $"found {unchecked(count * 3)}", "at most 18");
        }

        Add("G2 more tensors than any model", () => Whole([], [], 40_000_000, numTensors: 1_100_000), "at most 1048576");
        Add("G2 more pairs than any model", () => Whole([], [], 4_000_000, numPairs: 70_000), "at most 65536");
        Add("G2 one pair too many", () => Whole([Pair("k", 0, [1])], [], 20, numPairs: 2), "metadata pair 1");

        foreach (var length in new[] { ulong.MaxValue, ulong.MaxValue - 7, 1UL << 63, 1UL << 31, 6UL })
        {
            Value($"G3 text of {length}", Pair("k", 8, Text([1, 2, 3, 4, 5], length)), "k (byte 37)", $"a text of {length} bytes", "at most 5");
            Value($"G3 text of {length} in a list", List("k", 8, 1, Text([1, 2, 3, 4, 5], length)), "k (byte 49)", $"a text of {length} bytes");
            Add($"G3 key of {length}", () => [.. Whole([], [], 0, numPairs: 1), .. Text("key\0\0"u8.ToArray(), length), .. new byte[10]], "metadata pair 0 (byte 24)", length > 100 ? $"a text of {length} bytes" : "the key");
        }

        Value("G3 key of 0 bytes", Pair("", 4, U32(1)), "metadata pair 0", "the key ''", "1 to 65535");
        Value("G3 value that is not UTF-8", Pair("k", 8, Text([0x61, 0xC0, 0x80])), "k (byte 46)", "not UTF-8");
        Value("G3 text in a list that is not UTF-8", List("k", 8, 2, [.. Text("a"), .. Text([0xED, 0xA0, 0x80])]), "k (byte 66)", "not UTF-8");

        foreach (var (type, size) in new[] { (0u, 1), (1u, 1), (2u, 2), (3u, 2), (4u, 4), (5u, 4), (6u, 4), (7u, 1), (8u, 8), (10u, 8), (11u, 8), (12u, 8) })
        {
            foreach (var count in new[] { ulong.MaxValue, (ulong.MaxValue / (ulong)size) - 1, unchecked((ulong.MaxValue / (ulong)size) + 2), 1UL << 61, 1UL << 31, 3UL }.Where(count => count > 2))
            {
                rows.TryAdd($"G4 list of type {type}, count {count}", (() => One(List("k", type, count, new byte[(size * 3) - 1])), ["k (byte 41)", $"found {count}", "at most 2 in"]));
            }
        }

        Value("G4 list of lists", List("k", 9, 1, [.. U32(0), .. U64(1), 1]), "k (byte 37)", "a list of lists");
        Value("G4 lists in lists, 64 deep", Pair("k", 9, [.. Enumerable.Repeat((byte[])[.. U32(9), .. U64(1)], 64).SelectMany(b => b)]), "a list of lists");
        Value("G4 element type 13", List("k", 13, 0, []), "k (byte 37)", "value type 13");
        Value("G4 element type 255", List("k", 255, 1, [1]), "value type 255");
        Value("G4 element type 2^31", List("k", 1u << 31, 1, [1]), "value type 2147483648");
        Value("G5 value type 13", Pair("k", 13, [1]), "k (byte 33)", "value type 13", "0 to 12");
        Value("G5 value type 2^32-1", Pair("k", uint.MaxValue, [1]), "value type 4294967295");
        Value("G5 bool of 2", Pair("k", 7, [2]), "k (byte 37)", "a bool of 2");
        Value("G5 bool of 255 in a list", List("k", 7, 3, [1, 0, 255]), "a bool of 255");
        foreach (var key in new[] { "general.Name", "a\0b", "a b", "a\n", "\u00fcber", "\u202Ek", "TOKENIZER.chat_template.x" })
        {
            Value($"G5 key {Uri.EscapeDataString(key)}", Pair(key, 0, [1]), "metadata pair 0 (byte 24)", "the key", "capitals");
        }

        Value("G5 key that is not UTF-8", [.. Text([0x61, 0xFF]), .. U32(0), 1], "metadata pair 0 (byte 33)", "not UTF-8");
        Value("G5 key of 65,536 bytes", Pair(new string('k', 65_536), 0, [1]), "a text of 65536 bytes", "at most 65535");
        Add("G5 duplicate key", () => Whole([Pair("k", 0, [1]), Pair("k", 0, [2])], [], 0), "metadata pair 1", "the key 'k' twice");
        Add("G5 duplicate key of another type", () => Whole([Pair("k", 0, [1]), Pair("j", 0, [1]), Pair("k", 8, Text("x"))], [], 0), "metadata pair 2", "'k' twice");

        foreach (var alignment in new[] { 0u, 3u, 33u, 1u << 31, 1u << 17, uint.MaxValue })
        {
            Value($"G6 alignment {alignment}", Pair("general.alignment", 4, U32(alignment)), "general.alignment", $"UInt32 {alignment}", "a power of two");
        }

        Value("G6 alignment as i32", Pair("general.alignment", 5, U32(32)), "general.alignment", "Int32 32", "u32");
        Value("G6 alignment as u64", Pair("general.alignment", 10, U64(32)), "general.alignment", "UInt64 32");
        Value("G6 alignment as text", Pair("general.alignment", 8, Text("3\u001b2")), "general.alignment", "Text 3\\u001b2");
        Value("G6 alignment as list", List("general.alignment", 4, 1, U32(32)), "general.alignment", "a list");

        foreach (var rank in new[] { 0u, 5u, uint.MaxValue })
        {
            Described($"G7 rank {rank}", () => OneTensor([1, 1, 1, 1, 1], rank: rank), $"{rank} dimensions", "1 to 4");
        }

        foreach (var extent in new[] { 0UL, ulong.MaxValue, 1UL << 63 })
        {
            Described($"G7 extent {extent}", () => OneTensor([extent]), "(byte 37)", $"an extent of {extent}");
            Described($"G7 outer extent {extent}", () => OneTensor([1, 1, 1, extent]), "(byte 61)", $"an extent of {extent}");
        }

        foreach (var extents in new ulong[][]
        {
            [long.MaxValue], [long.MaxValue, long.MaxValue], [1UL << 32, 1UL << 32], [1UL << 31, 1UL << 31, 2], [65_536, 65_536, 65_536, 65_536],
            [1UL << 62], [(1UL << 60) + 1], [3, 6_148_914_691_236_517_206], [4, long.MaxValue, 4, 1],
        })
        {
            Described($"G7 size of {string.Join(" x ", extents)}", () => OneTensor(extents), "F32 [", "a size of at most");
        }

        Described("G7 size that wraps when it is padded", () => OneTensor([(1UL << 60) - 1]), "an end within the file's 96 bytes");
        Described("G7 size above the file", () => OneTensor([1UL << 40]), "4398046511104 bytes at offset 0");
        Described("G7 size above the data", () => OneTensor([9]), "bytes 64 to 100", "the file's 96 bytes", "download");
        foreach (var type in new[] { 43u, 255u, 999u, uint.MaxValue })
        {
            Described($"G8 type {type}", () => OneTensor([1], type), "(byte 45)", $"type {type}", "removed 4, 5");
        }

        Described("G8 rows of half a block", () => OneTensor([16, 2], Q4_0), "Q4_0 in rows of 16", "a multiple of 32");
        Described("G8 rows of a block and 1", () => OneTensor([257], 12), "Q4_K in rows of 257", "a multiple of 256");

        foreach (var offset in new[] { 1UL, 32UL, 1UL << 40, ulong.MaxValue, ulong.MaxValue - 31 })
        {
            Described($"G9 offset {offset}", () => OneTensor([8], offset: offset), "(byte 49)", $"offset {offset}", "expected 0");
        }

        Add("G9 offset that is not aligned", () => Whole([], [Tensor("a", [1], F32, 0), Tensor("t", [1], F32, 4)], 96), "tensor 't'", "offset 4", "expected 32");
        Add("G9 two tensors in one place", () => Whole([], [Tensor("a", [8], F32, 0), Tensor("t", [8], F32, 0)], 96), "tensor 't'", "offset 0", "expected 32");
        Add("G9 a hole", () => Whole([], [Tensor("a", [8], F32, 0), Tensor("t", [8], F32, 64)], 96), "tensor 't'", "offset 64", "expected 32");
        Add("G9 reversed order", () => Whole([], [Tensor("t", [8], F32, 32), Tensor("a", [8], F32, 0)], 64), "tensor 't'", "offset 32", "expected 0");
        Add("G9 second tensor beyond the file", () => Whole([], [Tensor("a", [8], F32, 0), Tensor("t", [9], F32, 32)], 64), "tensor 't'", "an end within");
        Add("G9 no data at all", () => Whole([], [Tensor("t", [8], F32, 0)], 0), "tensor 't'", "an end within");
        Add("G9 sizes whose sum wraps", () => Whole([], [.. Enumerable.Range(0, 5).Select(i => Tensor($"t{i}", [1UL << 59], F32, (ulong)i << 61))], 64), "tensor 't0'", "an end within");

        Add("G10 name of 64 bytes", () => Whole([], [Tensor(new string('n', 64), [8], F32, 0)], 32), "tensor 0 (byte 24)", "a text of 64 bytes", "at most 63");
        Add("G10 name of 4 GiB", () => Whole([], [[.. U64(1UL << 32), .. new byte[40]]], 32), "tensor 0", "a text of 4294967296 bytes");
        Add("G10 empty name", () => Whole([], [Tensor("", [8], F32, 0)], 32), "tensor 0", "an empty name");
        Add("G10 zero in a name", () => Whole([], [Tensor("a\0b", [8], F32, 0)], 32), "tensor 0", "a zero in it");
        Add("G10 name that is not UTF-8", () => Whole([], [Tensor("a\xFF"u8.ToArray()[..1].Append((byte)0xFF).ToArray(), [8], F32, 0)], 32), "tensor 0 (byte 33)", "not UTF-8");
        Add("G10 duplicate name", () => Whole([], [Tensor("t", [8], F32, 0), Tensor("t", [8], F32, 32)], 64), "tensor 't'", "the name twice");
        Add("G10 name with a line break in an error", () => Whole([], [Tensor("a\n\u001b[31m\u202e", [8], 99, 0)], 32), "a\\u000a\\u001b[31m\\u202e");

        Add("G11 43 bytes that ask for endless texts", () => [.. "GGUF"u8, .. U32(3), .. U64(0), .. U64(1), .. U64(0), .. U32(9), .. U32(8), .. new byte[3]], "metadata");
        Value("G11 a list of endless empty texts", List("k", 8, ulong.MaxValue, U64(0)), "found 18446744073709551615", "at most 1");
        Value("G11 a list of endless empty lists", List("k", 9, ulong.MaxValue, [.. U32(9), .. U64(ulong.MaxValue)]), "a list of lists");

        Add("S18 LFS pointer", () => "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"u8.ToArray(), "Git LFS pointer", "git lfs pull");
        Add("S18 HTML", () => "<!DOCTYPE html><html>"u8.ToArray(), "HTML", "download");
        Add("S18 safetensors", () => SafetensorsBytes.Valid(), "looks like a safetensors file");
        Add("S18 old ggml", () => [.. "tjgg"u8, 3, 0, 0, 0, 1], "from before GGUF", "convert");
        Add("F3 pickle in ZIP", () => [.. "PK\x03\x04"u8, .. new byte[40]], "ZIP", "run code");
        return rows;
    }
}
