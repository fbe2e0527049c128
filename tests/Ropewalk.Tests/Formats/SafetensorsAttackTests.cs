using System.Diagnostics;
using System.Text;
using Ropewalk.Engine.Formats.Safetensors;

namespace Ropewalk.Tests.Formats;

/// <summary>Hand-made defects. The names begin with the rows of the reliability notes (S1 to S21).</summary>
public sealed class SafetensorsAttackTests
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
        var path = folder.Write("x.safetensors", bytes);
        Attack.MustFail(() => SafetensorsFile.Open(path).Dispose(), bytes.Length, [path, .. fragments]);
    }

    [Fact]
    public void S1_every_truncation_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var whole = SafetensorsBytes.Valid();
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("x.safetensors", whole[..length]);
            Attack.MustFail(() => SafetensorsFile.Open(path).Dispose(), length, path);
        }

        using var file = SafetensorsFile.Open(folder.Write("x.safetensors", whole));
        Assert.Equal(["a", "b"], file.Tensors.Keys);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{}      ")]
    [InlineData("{\"__metadata__\":{}}")]
    public void S3_S4_empty_models_and_padding_are_accepted(string header)
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("x.safetensors", SafetensorsBytes.File(header, 0)));
        Assert.Empty(file.Tensors);
    }

    [Theory]
    [InlineData("[]", 4, 1)]
    [InlineData("[0]", 0, 0)]
    [InlineData("[0,1000000000]", 0, 0)]
    [InlineData("[1,1,1,1,1,1,1,1]", 4, 1)]
    public void S11_scalars_and_empty_tensors_are_accepted(string shape, int bytes, long elements)
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("x.safetensors", SafetensorsBytes.One("\"F32\"", shape, $"[0,{bytes}]", bytes)));
        Assert.Equal(elements, file.Tensors["t"].Elements);
        file.ReadAsSingle(file.Tensors["t"], 0, new float[elements]);
    }

    [Fact]
    public void S11_an_empty_tensor_of_half_bytes_is_accepted()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("x.safetensors", SafetensorsBytes.One("\"F4\"", "[0,7]", "[0,0]", 0)));
        Assert.Equal(0, file.Tensors["t"].LengthBytes);
    }

    [Fact]
    public void S12_many_empty_tensors_take_linear_time()
    {
        using var folder = new TemporaryFolder();
        var header = new StringBuilder("{");
        for (var i = 0; i < 200_000; i++)
        {
            header.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        var path = folder.Write("x.safetensors", SafetensorsBytes.File(header.Append('}').ToString(), 0));
        var watch = Stopwatch.StartNew();
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(200_000, file.Tensors.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("\\u0000")]
    [InlineData("\\u202Egnp")]
    [InlineData("..............................")]
    public void S15_odd_names_are_opaque_keys_and_print_on_one_line(string escaped)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.safetensors", SafetensorsBytes.File($$$"""{"{{{escaped}}}":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 1));
        using var file = SafetensorsFile.Open(path);
        var tensor = Assert.Single(file.Tensors).Value;
        Attack.MustFail(() => file.ReadAsSingle(tensor, 0, new float[1]), 0, "stored type I8 is not supported", "F32, BF16, F16, F64");
    }

    [Fact]
    public void S16_special_values_load_as_they_are()
    {
        using var folder = new TemporaryFolder();
        float[] values = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f, float.Epsilon, float.MaxValue];
        var path = folder.PathOf("x.safetensors");
        SafetensorsWriter.Write(path, [TensorSource.FromSingles("f", StoredType.F32, [7], values), TensorSource.FromSingles("b", StoredType.BF16, [7], values)]);
        using var file = SafetensorsFile.Open(path);
        var read = new float[7];
        file.ReadAsSingle(file.Tensors["f"], 0, read);
        Assert.Equal(values.Select(BitConverter.SingleToUInt32Bits), read.Select(BitConverter.SingleToUInt32Bits));
        file.ReadAsSingle(file.Tensors["b"], 0, read);
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f, 0f, float.PositiveInfinity], read);
    }

    [Fact]
    public void S19_a_file_that_shrinks_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.safetensors", SafetensorsBytes.Valid());
        using var file = SafetensorsFile.Open(path);
        using (var handle = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            handle.SetLength(handle.Length - 4);
        }

        Attack.MustFail(() => file.ReadAsSingle(file.Tensors["b"], 0, new float[4]), 0, path, "shorter since it was opened");
    }

    [Fact]
    public void S19_a_file_that_is_replaced_is_read_as_it_was_opened()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("x.safetensors");
        SafetensorsWriter.Write(path, [TensorSource.FromSingles("w", StoredType.F32, [2], new float[] { 1, 2 })]);
        using var file = SafetensorsFile.Open(path);
        SafetensorsWriter.Write(path, [TensorSource.FromSingles("w", StoredType.F32, [1], new float[] { 7 })]);
        var values = new float[2];
        file.ReadAsSingle(file.Tensors["w"], 0, values);
        Assert.Equal([1, 2], values);
    }

    [Fact]
    public void S20_a_sparse_file_beyond_4_GiB_is_read_at_its_end()
    {
        using var folder = new TemporaryFolder();
        const long Big = 5L << 30;
        var header = $$$"""{"big":{"dtype":"BF16","shape":[{{{Big / 2}}}],"data_offsets":[0,{{{Big}}}]},"end":{"dtype":"F32","shape":[1],"data_offsets":[{{{Big}}},{{{Big + 4}}}]}}""";
        var start = SafetensorsBytes.File(header, 0);
        var path = folder.Write("x.safetensors", start);
        using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(handle, [0x80, 0x3F], start.Length + Big - 2);
            RandomAccess.Write(handle, BitConverter.GetBytes(2.5f), start.Length + Big);
        }

        using var file = SafetensorsFile.Open(path);
        var values = new float[3];
        file.ReadAsSingle(file.Tensors["big"], (Big / 2) - 3, values);
        Assert.Equal([0, 0, 1], values);
        file.ReadAsSingle(file.Tensors["end"], 0, values.AsSpan(0, 1));
        Assert.Equal(2.5f, values[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadAsSingle(file.Tensors["big"], (Big / 2) - 2, values));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadAsSingle(file.Tensors["big"], -1, values));
    }

    [Fact]
    public void S21_only_regular_files_are_opened()
    {
        using var folder = new TemporaryFolder();
        Attack.MustFail(() => SafetensorsFile.Open(folder.Root), 0, "a folder");
        Attack.MustFail(() => SafetensorsFile.Open(folder.PathOf("none")), 0, "nothing there");
        Attack.MustFail(() => SafetensorsFile.Open(folder.PathOf("a\0b")), 0, "no file can have");
        Attack.MustFail(() => SafetensorsFile.Open(""), 0, "no file can have");
        Attack.MustFail(() => SafetensorsFile.Open(folder.PathOf(new string('x', 5000))), 0, "file: found");
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var pipe = folder.PathOf("pipe");
        using (var process = Process.Start("mkfifo", [pipe]))
        {
            process.WaitForExit();
        }

        Attack.MustFail(() => SafetensorsFile.Open(pipe), 0, "a pipe, socket or device");
        Attack.MustFail(() => SafetensorsFile.Open("/dev/zero"), 0, "a pipe, socket or device");
        File.CreateSymbolicLink(folder.PathOf("loop"), folder.PathOf("loop"));
        Attack.MustFail(() => SafetensorsFile.Open(folder.PathOf("loop")), 0, "file: found");
        if (Environment.UserName != "root")
        {
            var secret = folder.Write("secret", SafetensorsBytes.Valid());
            File.SetUnixFileMode(secret, UnixFileMode.None);
            Attack.MustFail(() => SafetensorsFile.Open(secret), 0, "no permission");
        }
    }

    [Fact]
    public void S22_a_file_can_be_replaced_by_its_own_conversion()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("x.safetensors");
        SafetensorsWriter.Write(path, [TensorSource.FromSingles("w", StoredType.F32, [3], new float[] { 1, 2, 3 })]);
        using (var file = SafetensorsFile.Open(path))
        {
            SafetensorsWriter.Write(path, [TensorSource.Convert(file, file.Tensors["w"], StoredType.BF16)]);
        }

        using var converted = SafetensorsFile.Open(path);
        var values = new float[3];
        converted.ReadAsSingle(converted.Tensors["w"], 0, values);
        Assert.Equal([1, 2, 3], values);
        Assert.Equal(["x.safetensors"], folder.Entries());
    }

    [Fact]
    public void A_tensor_of_another_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var one = SafetensorsFile.Open(folder.Write("1.safetensors", SafetensorsBytes.Valid()));
        using var two = SafetensorsFile.Open(folder.Write("2.safetensors", SafetensorsBytes.Valid()));
        Assert.Throws<ArgumentException>(() => two.ReadBytes(one.Tensors["a"], 0, new byte[1]));
    }

    private static Dictionary<string, (Func<byte[]> Build, string[] Fragments)> Rows()
    {
        var rows = new Dictionary<string, (Func<byte[]>, string[])>(StringComparer.Ordinal);
        void Add(string name, Func<byte[]> build, params string[] fragments) => rows.Add(name, (build, fragments));
        void Header(string name, string json, params string[] fragments) => Add(name, () => SafetensorsBytes.File(json, 4), fragments);
        void Tensor(string name, string dtype, string shape, string offsets, params string[] fragments) =>
            Add(name, () => SafetensorsBytes.One(dtype, shape, offsets, 4), ["tensor 't'", .. fragments]);

        Add("S1 empty", () => [], "header length", "an empty file");
        Add("S1 1 byte", () => new byte[1], "a file of 1 bytes");
        Add("S1 7 bytes", () => new byte[7], "a file of 7 bytes");
        Add("S1 8 bytes", () => new byte[8], "a file of 8 bytes");
        Add("S2 length 2^64-1", () => SafetensorsBytes.File("{}", 4, ulong.MaxValue), "18446744073709551615", "2 to 6");
        Add("S2 length 2^63", () => SafetensorsBytes.File("{}", 4, 1UL << 63), "9223372036854775808");
        Add("S2 length above the limit", () => SafetensorsBytes.File("{}", 4, 100_000_001), "100000001");
        Add("S2 length beyond the file by 1", () => SafetensorsBytes.File("{}", 4, 7), "header length", "found 7", "2 to 6");
        Add("S3 length 0", () => SafetensorsBytes.File("{}", 4, 0), "found 0");
        Header("S4 list", "[]", "byte 0x5B");
        Header("S4 nul", "nul", "byte 0x6E");
        Header("S4 brace alone", "{ ", "header");
        Header("S4 garbage after", "{}garbage", "not JSON");
        Header("S4 NUL after", "{}\0", "not JSON");
        Header("S4 two objects", "{}{}", "not JSON");
        Header("S4 comment", "{/**/}", "not JSON");
        Header("S5 byte order mark", "\uFEFF{}", "byte 0xEF");
        Add("S5 UTF-16", () => SafetensorsBytes.File(Encoding.Unicode.GetBytes("{}"), 4), "not JSON");
        Add("S5 FF in a name", () => SafetensorsBytes.File([.. "{\"a"u8, 0xFF, .. "\":1}"u8], 4), "byte 11", "not UTF-8");
        Header("S5 half a surrogate pair", "{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "half of a character");
        Header("S6 duplicate name", "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "tensor 'a'", "twice");
        Header("S6 duplicate name, escaped", "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]}}", "tensor 'a'", "twice");
        Header("S6 duplicate field", "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "'dtype' twice");
        Header("S6 duplicate metadata", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "__metadata__ key twice");
        Header("S6 metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", "__metadata__ twice");
        Header("S6 unknown field", "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"offset\":7,\"data_offsets\":[0,4]}}", "the key 'offset'");
        Header("S7 nesting of lists", "{\"a\":" + new string('[', 100_000), "header", "a list");
        Header("S7 nesting of objects", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), "key 'a'");
        foreach (var (offsets, fragment) in new[]
        {
            ("[10,5]", "offset 10"), ("[4,0]", "a begin that is not after the end"), ("[-1,4]", "found -1"), ("[0,9223372036854775808]", "9223372036854775808"),
            ("[0,18446744073709551616]", "18446744073709551616"), ("[0,4.0]", "found 4.0"), ("[0,1e1]", "found 1e1"), ("[\"0\",4]", "a text in quotes"),
            ("[0]", "end of the list"), ("[]", "end of the list"), ("[0,4,8]", "more than two"), ("null", "null"), ("{}", "an object"), ("[null,4]", "null"), ("[0,5]", "offset 5"), ("[0,3]", "3 bytes"),
        })
        {
            Tensor($"S8 data_offsets {offsets}", "\"F32\"", "[1]", offsets, "data_offsets", fragment);
        }

        Header("S8 data_offsets absent", "{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}}", "data_offsets", "nothing");
        Header("S13 dtype absent", "{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "dtype", "nothing");
        Header("S8 shape absent", "{\"t\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "shape", "nothing");
        Add("S9 overlap of 1", () => SafetensorsBytes.Ranges(7, (0, 4), (3, 7)), "tensor 'b'", "an overlap");
        Add("S9 same range twice", () => SafetensorsBytes.Ranges(4, (0, 4), (0, 4)), "an overlap");
        Add("S9 inner range", () => SafetensorsBytes.Ranges(8, (0, 8), (2, 4)), "an overlap");
        Add("S9 hole of 1", () => SafetensorsBytes.Ranges(9, (0, 4), (5, 9)), "tensor 'b'", "a hole of 1 bytes");
        Add("S9 first begins at 1", () => SafetensorsBytes.Ranges(5, (1, 5)), "a hole of 1 bytes");
        Add("S9 empty tensor in a hole", () => SafetensorsBytes.Ranges(4, (0, 4), (2, 2)), "data_offsets");
        Add("S9 tail of 1", () => SafetensorsBytes.Ranges(5, (0, 4)), "1 bytes after the last tensor");
        Add("S9 ZIP appended", () => [.. SafetensorsBytes.Ranges(4, (0, 4)), .. "PK\x03\x04 and so on"u8], "after the last tensor");
        Add("S9 data short by 1", () => SafetensorsBytes.Ranges(3, (0, 4)), "offset 4", "at most 3");
        Add("S9 no tensors but data", () => SafetensorsBytes.File("{}", 4), "4 bytes after the last tensor");
        foreach (var shape in new[]
        {
            "[2,18446744073709551614]", "[2,9223372036854775807]", "[4294967296,4294967296]", "[65536,65536,65536,65536,65536]",
            "[0,9223372036854775808]", "[0,9223372036854775807]", "[0,4294967296,4294967296]", "[4294967296,4294967296,0]", "[-1]", "[-2,-2]", "[1.0]", "[1e0]", "[\"1\"]", "[[1]]", "[null]", "1", "null", "{}", "[2]",
        })
        {
            Tensor($"S10 S11 shape {shape}", "\"F32\"", shape, "[0,4]", shape == "[2]" ? "data_offsets" : "shape");
        }

        Tensor("S12 rank 9", "\"F32\"", "[1,1,1,1,1,1,1,1,1]", "[0,4]", "more than 8 dimensions");
        Tensor("S12 rank of a million", "\"F32\"", "[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]", "[0,4]", "more than 8 dimensions");
        Header("S12 name of 1025 bytes", "{\"" + new string('n', 1025) + "\":{}}", "1025 bytes");
        Header("S12 name of 5 MB", "{\"" + new string('n', 5_000_000) + "\":{}}", "5000000 bytes");
        foreach (var dtype in new[] { "\"F12\"", "\"f32\"", "7", "null", "\"\"", "[\"F32\"]", "\"" + new string('F', 2000) + "\"" })
        {
            Tensor($"S13 dtype {dtype[..Math.Min(9, dtype.Length)]}", dtype, "[1]", "[0,4]", "dtype");
        }

        Tensor("S13 F4 with odd count", "\"F4\"", "[7]", "[0,4]", "shape", "whole bytes");
        Tensor("S13 range of another size", "\"F64\"", "[1]", "[0,4]", "8 bytes for F64 [1]");
        Header("S14 metadata number", "{\"__metadata__\":{\"a\":1}}", "strings only");
        Header("S14 metadata list", "{\"__metadata__\":{\"a\":[]}}", "strings only");
        Header("S14 metadata nested", "{\"__metadata__\":{\"a\":{}}}", "strings only");
        Header("S14 metadata null", "{\"__metadata__\":null}", "an object of strings");
        Header("S14 metadata as a tensor", "{\"__metadata__\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "strings only");
        Header("S15 name with a line break in an error", "{\"a\\nb\\u001b[31m\\u202e\":{\"dtype\":\"?\"}}", "a\\u000ab\\u001b[31m\\u202e");
        Add("S18 LFS pointer", () => "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"u8.ToArray(), "Git LFS pointer", "git lfs pull");
        Add("S18 HTML", () => "\r\n <!DOCTYPE html><html>"u8.ToArray(), "HTML", "download");
        Add("S18 gzip", () => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, .. new byte[600_000]], "gzip");
        Add("S18 zstd", () => [0x28, 0xB5, 0x2F, 0xFD, .. new byte[20]], "zstd");
        Add("S18 tar", () => [.. Encoding.ASCII.GetBytes("model.bin".PadRight(257, '\0')), .. "ustar\000"u8, .. new byte[255]], "tar archive");
        Add("S18 HDF5", () => [0x89, .. "HDF\r\n\x1A\n"u8, .. new byte[20]], "HDF5");
        Add("S18 GGUF", () => [.. "GGUF"u8, 3, 0, 0, 0, .. new byte[20]], "a GGUF file");
        Add("F3 pickle", () => [0x80, 2, 0x8A, 10, .. new byte[20]], "pickle", "safe_serialization");
        Add("F3 pickle in ZIP", () => [.. "PK\x03\x04"u8, .. new byte[40]], "ZIP", "run code");
        return rows;
    }
}
