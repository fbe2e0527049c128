using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Tests.Formats;

public sealed class JsonFileTests
{
    private static readonly Dictionary<string, (byte[] Content, string[] Fragments)> Table = new(StringComparer.Ordinal)
    {
        ["F6 empty"] = ([], ["an empty file"]),
        ["F6 white space"] = (" \r\n\t"u8.ToArray(), ["an empty file"]),
        ["F6 mark alone"] = ("\uFEFF"u8.ToArray(), ["an empty file"]),
        ["F6 truncated object"] = ("{\"a\": 1"u8.ToArray(), ["byte 7", "the end of the file", "download"]),
        ["F6 truncated text"] = ("{\"a"u8.ToArray(), ["the end of the file"]),
        ["F6 truncated word"] = ("{\"a\":tru"u8.ToArray(), ["the end of the file"]),
        ["F6 1e400"] = ("{\"a\":1e400}"u8.ToArray(), ["byte 5", "found 1e400", "range of a double"]),
        ["F6 -1e400 in a list"] = ("[[-1e400]]"u8.ToArray(), ["found -1e400"]),
        ["F6 NaN"] = ("{\n \"a\": NaN}"u8.ToArray(), ["line 2", "NaN", "standard JSON"]),
        ["F6 Infinity"] = ("{\"a\": -Infinity}"u8.ToArray(), ["standard JSON"]),
        ["F6 comment"] = ("{} // x"u8.ToArray(), ["standard JSON"]),
        ["F6 trailing comma"] = ("{\"a\":1,}"u8.ToArray(), ["standard JSON"]),
        ["F6 garbage after"] = ("{}x"u8.ToArray(), ["standard JSON"]),
        ["F6 duplicate"] = ("{\"rope_theta\":1,\"x\":{\"rope_theta\":2},\"rope_theta\":3}"u8.ToArray(), ["byte 37", "'rope_theta' twice"]),
        ["F6 duplicate, escaped and inside"] = ("[{\"x\":{\"a\":1,\"\\u0061\":2}}]"u8.ToArray(), ["'a' twice"]),
        ["F6 lone number"] = ("12 "u8.ToArray(), ["a lone value"]),
        ["F6 lone text"] = ("\"x\""u8.ToArray(), ["a lone value"]),
        ["F6 FF"] = ([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8], ["byte 6", "not UTF-8"]),
        ["F6 FF after a mark"] = ([.. "\uFEFF{\"a\":\""u8, 0xFF, .. "\"}"u8], ["byte 9", "not UTF-8"]),
        ["F6 UTF-16"] = ([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")], ["byte 0", "not UTF-8"]),
        ["F6 half a pair"] = ("{\"a\":\"\\ud800\"}"u8.ToArray(), ["byte 5", "half of a character"]),
        ["F6 half a pair in a key"] = ("{\"\\udc00\":1}"u8.ToArray(), ["half of a character"]),
        ["F6 depth"] = (Encoding.ASCII.GetBytes(new string('[', 100_000)), ["64 levels"]),
        ["F6 escape in an error"] = ("{\"a\u001b[31m\":1}"u8.ToArray(), ["standard JSON"]),
        ["S18 LFS pointer"] = ("version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), ["Git LFS pointer"]),
        ["S18 HTML"] = ("<html>"u8.ToArray(), ["HTML"]),
        ["F4 gzip"] = ([0x1F, 0x8B, 8], ["gzip"]),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Defect_ends_in_one_line(string name)
    {
        using var folder = new TemporaryFolder();
        var (content, fragments) = Table[name];
        var path = folder.Write("config.json", content);
        Attack.MustFail(() => JsonFile.Read(path), content.Length, [path, .. fragments]);
    }

    [Fact]
    public void F6_too_large_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", "{}");
        using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.SetLength(handle, 200 << 20);
        }

        Attack.MustFail(() => JsonFile.Read(path), 0, "209715200 bytes", "at most 16777216");
        Attack.MustFail(() => JsonFile.Read(folder.PathOf("none.json")), 0, "nothing there");
        Attack.MustFail(() => JsonFile.Read(folder.Root), 0, "a folder");
    }

    [Fact]
    public void F6_byte_order_mark_and_odd_but_sound_texts_are_accepted()
    {
        using var folder = new TemporaryFolder();
        var root = JsonFile.Read(folder.Write("a.json", "\uFEFF {\"a\":\"\\ud83d\\ude00\\u0000\", \"b\":[1e308,-0,1e-400], \"A\":null}\n"));
        Assert.Equal("\U0001F600\0", root.GetProperty("a").GetString());
        Assert.Equal(JsonValueKind.Array, JsonFile.Read(folder.Write("b.json", "[]")).ValueKind);
    }

    [Fact]
    public void Every_truncation_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var whole = "{\"a\":{\"b\":[1,2.5e3,true,null,\"x\\u0041\"]},\"c\":\"\u00e9\"}"u8.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("config.json", whole[..length]);
            Attack.MustFail(() => JsonFile.Read(path), length, path);
        }

        JsonFile.Read(folder.Write("config.json", whole));
    }

    [Theory]
    [InlineData("1000000000", "found 1000000000, expected an integer from 1 to 1024")]
    [InlineData("0", "found 0, expected an integer from 1 to 1024")]
    [InlineData("-3", "found -3")]
    [InlineData("99999999999999999999", "found 99999999999999999999")]
    [InlineData("2.5", "found 2.5")]
    [InlineData("2.0", "found 2.0")]
    [InlineData("\"32\"", "found the text \"32\"")]
    [InlineData("[1]", "found the list [1]")]
    [InlineData("{}", "found the object {}")]
    [InlineData("true", "found true")]
    [InlineData("null", "found no such field")]
    public void F6_integers_are_integers_in_range(string json, string fragment)
    {
        var fields = Fields($$"""{"num_hidden_layers":{{json}}}""");
        Attack.MustFail(() => fields.RequiredInt("num_hidden_layers", 1, 1024), 0, "config.json: num_hidden_layers: ", fragment);
    }

    [Fact]
    public void Fields_are_read_by_kind()
    {
        var fields = Fields("""{"i":3,"d":1e-5,"b":false,"s":"x","e":[1,2],"one":7,"l":[1,2.5],"t":["a"],"o":{"p":{"q":"bad"}},"n":null}""");
        Assert.Equal(3, fields.RequiredInt("i", 0, 9));
        Assert.Equal(1e-5, fields.RequiredDouble("d", double.Epsilon));
        Assert.False(fields.OptionalBool("b"));
        Assert.Equal("x", fields.RequiredString("s"));
        Assert.Equal([1, 2], fields.OptionalIntOrList("e", 0, 9)!);
        Assert.Equal([7], fields.OptionalIntOrList("one", 0, 9)!);
        Assert.Equal([1, 2.5], fields.OptionalDoubleList("l")!);
        Assert.Equal(["a"], fields.OptionalStringList("t")!);
        Assert.Null(fields.OptionalInt("n", 0, 9));
        Assert.False(fields.Has("n"));
        Assert.Null(fields.OptionalObject("absent"));
        var inner = fields.OptionalObject("o")!.OptionalObject("p")!;
        Attack.MustFail(() => inner.OptionalDouble("q"), 0, "config.json: o.p.q: found the text \"bad\", expected a number");
        Attack.MustFail(() => inner.RequiredString("absent"), 0, "o.p.absent: found no such field");
        Attack.MustFail(() => fields.OptionalObject("i"), 0, "config.json: i: found 3, expected an object");
        Attack.MustFail(() => fields.OptionalBool("i"), 0, "true or false");
        Attack.MustFail(() => fields.OptionalIntOrList("l", 0, 9), 0, "l[1]: found 2.5");
        Attack.MustFail(() => fields.OptionalDoubleList("l", double.Epsilon, 2), 0, "l[1]", "greater than 0 and at most 2");
        Attack.MustFail(() => fields.OptionalStringList("e"), 0, "e[0]");
        Attack.MustFail(() => fields.RequiredDouble("d", 1), 0, "found 1e-5, expected a number of at least 1");
    }

    private static ConfigFields Fields(string json) => new(JsonElement.Parse(json), "config.json");
}
