using System.Text;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Tests.Embedding;

public sealed class JsonLinesTests
{
    [Theory]
    [InlineData("""{"text":"hello \ud83d"}""", "a \\u escape that is half of a character")]
    [InlineData("""{"te\udc00xt":"hello"}""", "a \\u escape that is half of a character")]
    [InlineData("{\"text\":\"\u00ff\"}", "bytes that are not UTF-8")]
    [InlineData("""["text"]""", "Array")]
    [InlineData("""{"text":"hello""", "")]
    public void What_is_no_text_names_file_and_line(string line, string found)
    {
        var bytes = Encoding.Latin1.GetBytes("{\"text\":\"whole \\ud83d\\ude00\"}\n\n" + line + "\n");
        var message = Assert.Throws<CheckpointFormatException>(() => JsonLines.Read("texts.jsonl", bytes).ToList()).Message;
        Assert.StartsWith("texts.jsonl: line 3: found " + found, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_object()
    {
        var (line, element) = Assert.Single(JsonLines.Read("texts.jsonl", Encoding.UTF8.GetBytes("\uFEFF{\"text\":\"b\u00e4r\"}")));
        Assert.Equal((1, "b\u00e4r"), (line, element.GetProperty("text").GetString()));
    }
}
