using System.Runtime.InteropServices;
using System.Text;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class EmbedTests
{
    private const string Documents = """
        {"doc_id":"cats","title":"On cats","text":"They sleep all day."}
        {"doc_id":"dogs","text":"Dogs bark at the moon."}

        {"doc_id":7,"text":"The river runs to the sea."}
        """;

    [SharedFact]
    public void Documents_become_vectors_and_are_found_again()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        using var folder = new TemporaryFolder();
        var input = folder.Write("docs.jsonl", Documents);
        var vectors = folder.PathOf("vectors.npy");
        var result = Command.Result("embed", model.Root, "--in", input, "--out", vectors);
        Assert.Equal((3, SmallEmbedder.Width, 0), (result.GetProperty("texts").GetInt32(), result.GetProperty("width").GetInt32(), result.GetProperty("chunked").GetInt32()));
        Assert.Equal(["docs.jsonl", "vectors.npy", "vectors.npy.ids.json"], folder.Entries());
        Assert.Equal("""["cats","dogs","7"]""", File.ReadAllText(vectors + ".ids.json"));

        // NumPy's format 1.0: magic, version, length of the header, the header up to a multiple of 64, the numbers.
        var bytes = File.ReadAllBytes(vectors);
        Assert.Equal("\u0093NUMPY\u0001\0", Encoding.Latin1.GetString(bytes, 0, 8));
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        Assert.Equal(0, start % 64);
        Assert.Equal($"{{'descr': '<f4', 'fortran_order': False, 'shape': (3, {SmallEmbedder.Width}), }}", Encoding.ASCII.GetString(bytes, 10, start - 10).TrimEnd());
        Assert.EndsWith("\n", Encoding.ASCII.GetString(bytes, 10, start - 10), StringComparison.Ordinal);
        var numbers = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start)).ToArray();
        Assert.Equal(3 * SmallEmbedder.Width, numbers.Length);

        var lines = folder.PathOf("vectors.jsonl");
        Command.Result("embed", model.Root, "--in", input, "--out", lines);
        var parsed = File.ReadAllLines(lines).Select(l => System.Text.Json.JsonElement.Parse(l)).ToArray();
        Numbers.Same(numbers, [.. parsed.SelectMany(p => p.GetProperty("embedding").EnumerateArray().Select(n => n.GetSingle()))], "jsonl");
        foreach (var index in (string[])[vectors, lines])
        {
            var found = Command.Result("search-docs", index, "Dogs bark at the moon.", "--model", model.Root, "--top", "2").GetProperty("found").EnumerateArray().ToArray();
            Assert.Equal(2, found.Length);
            Assert.Equal("dogs", found[0].GetProperty("id").GetString());
            Assert.Equal(1, found[0].GetProperty("cosine").GetDouble(), 1e-5);
        }
    }

    /// <summary>As LongEmbed and BEIR strip them: white space around a text would be tokens of many vocabularies.</summary>
    [Fact]
    public void Texts_are_read_without_white_space_around_them()
    {
        using var folder = new TemporaryFolder();
        var lines = folder.Write("a.jsonl", """{"text":" \n one two \t"}""" + "\n" + """{"title":" On one ","text":"two \u3000"}""" + "\n" + """{"text":" \n "}""");
        Assert.Equal(["one two", "On one  two", ""], Ropewalk.Cli.EmbedText.Read(lines).Select(t => t.Text));
        Assert.Equal(["one two", "three"], Ropewalk.Cli.EmbedText.Read(folder.Write("b.txt", "  one two \r\n \t\r\nthree")).Select(t => t.Text));
        Directory.CreateDirectory(folder.PathOf("c"));
        folder.Write("c/1.txt", "\n\n one\ntwo\n\n");
        Assert.Equal("one\ntwo", Assert.Single(Ropewalk.Cli.EmbedText.Read(folder.PathOf("c"))).Text);
    }

    [SharedFact]
    public void A_converted_file_gives_the_folders_vectors()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("model.gguf");
        Command.Result("convert", model.Root, file);
        var input = folder.Write("docs.jsonl", Documents);
        Command.Result("embed", model.Root, "--in", input, "--out", folder.PathOf("a.jsonl"));
        Command.Result("embed", file, "--in", input, "--out", folder.PathOf("b.jsonl"));
        Assert.Equal(File.ReadAllText(folder.PathOf("a.jsonl")), File.ReadAllText(folder.PathOf("b.jsonl")));
    }

    /// <summary>And back: the folder that is made of the file is one that sentence-transformers knows, with the file's own pooling.</summary>
    [SharedFact]
    public void A_file_becomes_an_embedders_folder()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("model.gguf");
        Command.Result("convert", model.Root, file);
        var back = folder.PathOf("back");
        Command.Result("convert", file, back);
        foreach (var name in (string[])["modules.json", "1_Pooling/config.json"])
        {
            var expected = System.Text.Json.JsonElement.Parse(File.ReadAllText(model.PathOf(name)));
            var found = System.Text.Json.JsonElement.Parse(File.ReadAllText(Path.Combine(back, name)));
            Assert.True(name == "modules.json" ? System.Text.Json.JsonElement.DeepEquals(expected, found) : found.EnumerateObject().All(p => System.Text.Json.JsonElement.DeepEquals(expected.GetProperty(p.Name), p.Value)), found.GetRawText());
        }

        Assert.Equal(512, System.Text.Json.JsonElement.Parse(File.ReadAllText(Path.Combine(back, "sentence_bert_config.json"))).GetProperty("max_seq_length").GetInt32());
        var input = folder.Write("docs.jsonl", Documents);
        Command.Result("embed", file, "--in", input, "--out", folder.PathOf("a.jsonl"));
        Command.Result("embed", back, "--in", input, "--out", folder.PathOf("b.jsonl"));
        Assert.Equal(File.ReadAllText(folder.PathOf("a.jsonl")), File.ReadAllText(folder.PathOf("b.jsonl")));

        // From folder to folder the modules go along.
        Command.Result("convert", model.Root, folder.PathOf("copy"), "--type", "f32");
        Command.Result("embed", folder.PathOf("copy"), "--in", input, "--out", folder.PathOf("c.jsonl"));
        Assert.Equal(File.ReadAllText(folder.PathOf("a.jsonl")), File.ReadAllText(folder.PathOf("c.jsonl")));

        File.Delete(model.PathOf("modules.json"));
        var bare = folder.PathOf("bare.gguf");
        Command.Result("convert", model.Root, bare);
        var notes = Command.Result("convert", bare, folder.PathOf("bare")).GetProperty("notes").EnumerateArray().Select(n => n.GetString()!);
        Assert.Contains(notes, n => n.Contains("has no pooling_type", StringComparison.Ordinal));
        Assert.False(File.Exists(folder.PathOf("bare/modules.json")));
        var run = Command.Run("embed", bare, "--in", input, "--out", folder.PathOf("d.jsonl"));
        Assert.Equal(2, run.Code);
        Assert.Contains("pooling: found none in", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_long_text_is_an_error_or_is_cut_and_counted()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", string.Concat(Enumerable.Repeat("again and ", 200)));
        folder.Write("b.md", "short");
        var target = Path.Combine(model.Root, "v.npy");
        var run = Command.Run("embed", model.Root, "--in", folder.Root, "--out", target);
        Assert.Equal(2, run.Code);
        Assert.Contains("a.txt: found 402 tokens, expected at most 256", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
        var result = Command.Result("embed", model.Root, "--in", folder.Root, "--out", target, "--chunk");
        Assert.Equal((1, 3), (result.GetProperty("chunked").GetInt32(), result.GetProperty("chunks").GetInt32()));
        result = Command.Result("embed", model.Root, "--in", folder.Root, "--out", target, "--method", "grouped");
        Assert.Equal((0, "grouped"), (result.GetProperty("chunked").GetInt32(), result.GetProperty("method").GetString()));
    }

    [SharedTheory]
    [InlineData("""{"id":"a","text":" "}""", "line 1: found an empty text", "--out", "v.npy")]
    [InlineData("""{"id":"a","text":"x"}""", "pooling: found cls, expected mean", "--out", "v.npy", "--pooling", "cls")]
    [InlineData("""{"id":"a","text":"x"}""", "--pooling: found \"median\"", "--out", "v.npy", "--pooling", "median")]
    [InlineData("""{"id":"a","text":"x"}""", "prompt: found \"passage\"", "--out", "v.npy", "--prompt", "passage")]
    [InlineData("""{"id":"a","text":"x"}""", "--out: found", "--out", "v.txt")]
    [InlineData("""{"id":"a","text":"x"}""", "--max-tokens: found 513, expected 1 to 512", "--out", "v.npy", "--max-tokens", "513")]
    [InlineData("{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"a\",\"text\":\"y\"}", "\"a\" twice, the second time in", "--out", "v.npy")]
    [InlineData("""{"id":"a"}""", "line 1.text", "--out", "v.npy")]
    [InlineData("[1]", "line 1", "--out", "v.npy")]
    [InlineData("\n", "found no texts", "--out", "v.npy")]
    public void Bad_input_is_told_and_nothing_is_written(string documents, string message, params string[] options)
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        using var folder = new TemporaryFolder();
        var input = folder.Write("docs.jsonl", documents);
        var args = options.Select(o => o.StartsWith("v.", StringComparison.Ordinal) ? folder.PathOf(o) : o);
        var run = Command.Run(["embed", model.Root, "--in", input, .. args]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Equal(["docs.jsonl"], folder.Entries());
    }

    [SharedFact]
    public void A_decoder_and_a_file_without_pooling_ask_for_a_choice()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("docs.txt", "one\n\ntwo\n");
        var run = Command.Run("embed", Command.Embedded, "--in", input, "--out", folder.PathOf("v.npy"));
        Assert.Equal(2, run.Code);
        Assert.Contains("pooling: found none in", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, Command.Result("embed", Command.Embedded, "--in", input, "--out", folder.PathOf("v.npy"), "--pooling", "mean").GetProperty("texts").GetInt32());

        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        File.Delete(model.PathOf("modules.json"));
        var file = folder.PathOf("model.gguf");
        Command.Result("convert", model.Root, file);
        run = Command.Run("embed", file, "--in", input, "--out", folder.PathOf("w.npy"));
        Assert.Equal(2, run.Code);
        Assert.Contains("pooling: found none in", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.PathOf("w.npy")));
    }

    [SharedFact]
    public void Vectors_of_another_width_and_damaged_ones_are_refused()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        using var folder = new TemporaryFolder();
        foreach (var (content, message) in ((string, string)[])
        [
            ("""{"id":"a","embedding":[1,2,3]}""", "found vectors of 3 numbers, expected 24"),
            ("""{"id":"a","embedding":[1]}""" + "\n" + """{"id":"b","embedding":[1,2]}""", "line 2.embedding: found 2 numbers, expected 1"),
            ("""{"id":"a"}""", "line 1.embedding: found 0 numbers"),
            ("", "no vectors"),
        ])
        {
            var run = Command.Run("search-docs", folder.Write("v.jsonl", content), "x", "--model", model.Root);
            Assert.Equal(2, run.Code);
            Assert.Contains(message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        }

        byte[] cut = [0x93, .. "NUMPY"u8, 1, 0, 54, 0, .. "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }"u8];
        foreach (var bytes in (byte[][])[cut, [.. "no numpy file"u8], []])
        {
            var run = Command.Run("search-docs", folder.Write("v.npy", bytes), "x", "--model", model.Root);
            Assert.Equal(2, run.Code);
            Assert.Contains("v.npy", Assert.Single(run.Complaints), StringComparison.Ordinal);
        }
    }
}
