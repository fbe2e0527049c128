using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Tokenization;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>The command tokenize: the ids of the library, counts of files in little memory, and complaints of one line.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class TokenizeTests
{
    /// <summary>Ids that Hugging Face's library gave, through the command.</summary>
    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("phi-2")]
    public void Ids_are_those_of_the_reference(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "tokenizers.json")));
        foreach (var c in golden.RootElement.GetProperty("cases").GetProperty(name).EnumerateArray().Take(12))
        {
            var text = c.GetProperty("text").GetString()!;
            var result = Command.Result("tokenize", TokenizerFolders.Folder(name), "--text", text, "--parse-special");
            Assert.True(JsonElement.DeepEquals(c.GetProperty("ids"), result.GetProperty("ids")), text);
            Assert.Equal(c.GetProperty("ids").GetArrayLength(), result.GetProperty("count").GetInt32());
            var plain = Command.Result("tokenize", TokenizerFolders.Folder(name), "--text", text, "--parse-special", "--no-special");
            Assert.True(JsonElement.DeepEquals(c.GetProperty("ids_without_special"), plain.GetProperty("ids")), text);
        }
    }

    [SharedFact]
    public void A_folder_a_gguf_file_and_a_tokenizer_json_alone_are_models()
    {
        string[] models = [Command.Model, Command.Model + ".gguf", Path.Combine(Command.Model, "tokenizer.json")];
        var results = models.Select(m => Command.Result("tokenize", m, "--text", "Once upon a time</s>").GetProperty("ids")).ToArray();
        Assert.All(results, r => Assert.True(JsonElement.DeepEquals(results[0], r)));
        var table = Command.Run("tokenize", Command.Model, "--text", "Once upon\u001b[31m");
        Assert.Equal(0, table.Code);
        Assert.Contains("tokens", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table.Output);
    }

    [Fact]
    public void A_text_that_begins_with_an_at_sign_is_no_response_file()
    {
        using var folder = new TemporaryFolder();
        const string Text = "@alice hi";
        var ids = Command.Result("tokenize", Command.Embedded, "--text", Text).GetProperty("ids");
        Assert.True(JsonElement.DeepEquals(Command.Result("tokenize", Command.Embedded, "--file", folder.Write("text.txt", Text)).GetProperty("ids"), ids));
    }

    [SharedFact]
    public void Special_tokens_in_a_text_are_text_unless_asked_for()
    {
        var folder = TokenizerFolders.Folder("phi-3-mini");
        Assert.True(Command.Result("tokenize", folder, "--text", "<|end|>").GetProperty("count").GetInt32() > 1);
        Assert.Equal(1, Command.Result("tokenize", folder, "--text", "<|end|>", "--parse-special").GetProperty("count").GetInt32());
    }

    [Fact]
    public void Files_are_counted_one_by_one_and_together()
    {
        using var folder = new TemporaryFolder();
        var (one, two) = (folder.Write("one", "abc"), folder.Write("two", [0xEF, 0xBB, 0xBF, (byte)'d', 0]));
        var result = Command.Result("tokenize", Command.Embedded, "--file", one, two, "--count");
        Assert.Equal([3, 2], result.GetProperty("texts").EnumerateArray().Select(t => t.GetProperty("count").GetInt32()));
        Assert.Equal(5, result.GetProperty("count").GetInt32());
        Assert.Equal(0, Command.Result("tokenize", Command.Embedded, "--text", "").GetProperty("count").GetInt32());
        Assert.Contains("all", Command.Run("tokenize", Command.Embedded, "--file", one, two, "--count").Output, StringComparison.Ordinal);
    }

    /// <summary>The offset is that of the byte in the file, also past the first block that is read.</summary>
    [Theory]
    [InlineData(0, new byte[] { 0xFF })]
    [InlineData(3, new byte[] { 0xC3 })]
    [InlineData(65_535, new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(200_001, new byte[] { 0xE2, 0x82 })]
    public void What_is_no_utf8_is_refused_with_its_offset_or_replaced(int offset, byte[] bad)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = [.. Enumerable.Repeat((byte)'a', offset), .. bad, .. "bc"u8];
        var file = folder.Write("text", bytes);
        var run = Command.Run("tokenize", Command.Embedded, "--file", file, "--count");
        Assert.Equal(2, run.Code);
        Assert.Contains($"{file}: found a byte that is not UTF-8 at offset {offset}, ", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Equal("", run.Output);

        // What .NET's decoder makes of it is the judge.
        var replaced = Command.Result("tokenize", Command.Embedded, "--file", file, "--encoding-errors", "replace");
        Assert.Equal(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)).Select(b => (int)b), replaced.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()));
        Assert.Contains("U+FFFD", Assert.Single(replaced.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lone_surrogates_become_the_replacement_character_and_are_told()
    {
        var result = Command.Result("tokenize", Command.Embedded, "--text", "a\uD800b");
        Assert.Equal([0x61, 0xEF, 0xBF, 0xBD, 0x62], result.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()));
        Assert.Contains("1 broken", Assert.Single(result.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_become_text_again()
    {
        Assert.Equal("abc\n", Command.Run("tokenize", Command.Embedded, "--decode", "97, 98 99").Output);
        Assert.Equal("a", Command.Result("tokenize", Command.Embedded, "--decode", "[97,256]", "--no-special").GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("--decode", "-1")]
    [InlineData("--decode", "2147483647")]
    [InlineData("--decode", "99999999999")]
    [InlineData("--decode", "x")]
    [InlineData("--text", "a", "--decode", "1")]
    [InlineData("--file", "-", "-")]
    [InlineData("--file", "/no/such/file")]
    [InlineData("--text", "a", "--encoding-errors", "ignore")]
    [InlineData]
    public void What_cannot_be_used_is_one_line(params string[] options)
    {
        var run = Command.Run(["tokenize", Command.Embedded, .. options]);
        Assert.Equal(2, run.Code);
        Assert.Single(run.Complaints);
        Assert.Equal("", run.Output);
    }

    [SharedFact]
    public void Standard_input_is_read_and_a_long_text_takes_little_memory()
    {
        // 40 MB of text under a limit that its characters alone would break.
        using var folder = new TemporaryFolder();
        var line = "It was a bright cold day in April, and the clocks were striking thirteen.\r\n\r\n";
        var count = 40_000_000 / line.Length;
        var file = folder.PathOf("long");
        using (var writer = new StreamWriter(file))
        {
            for (var i = 0; i < count; i++)
            {
                writer.Write(line);
            }
        }

        var child = Command.Start("export DOTNET_GCHeapHardLimit=0x3400000; cat long | \"$@\"", folder.Root, "tokenize", TokenizerFolders.Folder("phi-2"), "--file", "-", "--count", "--json");
        var run = Command.Finish(child);
        Assert.True(run.Code == 0, run.Error);
        var tokenizer = TokenizerFolders.Get("phi-2");
        var (one, two) = (tokenizer.Encode(line).Length, tokenizer.Encode(line + line).Length);
        Assert.Equal(one + ((long)(two - one) * (count - 1)), run.Json.GetProperty("count").GetInt64());
    }

    [SharedFact]
    public void A_book_has_as_many_tokens_in_parts_as_at_once()
    {
        var book = SharedData.Path("data", "text", "books", "heldout", "Stoker_Bram_Dracula.txt");
        foreach (var name in new[] { "llama2", "phi-2", "falcon" })
        {
            var expected = Tokenizer.Load(TokenizerFolders.Folder(name)).Encode(File.ReadAllText(book), matchSpecialTokens: false).Length;
            Assert.Equal(expected, Command.Result("tokenize", TokenizerFolders.Folder(name), "--file", book, "--count").GetProperty("count").GetInt32());
        }
    }
}
