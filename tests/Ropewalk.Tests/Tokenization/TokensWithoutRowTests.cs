using System.Text.Json.Nodes;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Tokenization.Chat;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Gemma 3's tokenizer has an added token one past the last row of its smallest models' embedding.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class TokensWithoutRowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_added_token_without_a_row_is_text_wherever_the_model_is_used()
    {
        Write(rows: 257);
        var tokenizer = Tokenizer.Load(_folder.Root);
        Assert.Equal(257, tokenizer.VocabularySize);
        Assert.Contains("config.json: vocab_size: 257 rows: 1 added tokens from id 257 on have none and are left out: \"<image>\"", Assert.Single(tokenizer.Notes), StringComparison.Ordinal);
        var letters = "a<image>"u8.ToArray().Select(b => (int)b);
        Assert.Equal(letters, tokenizer.Encode("a<image>"));
        Assert.Equal([.. letters, 256], tokenizer.Encode("a<image><|endoftext|>"));
        Assert.Null(tokenizer.TokenId("<image>"));
        _folder.Write("chat_template.jinja", "{{ messages[0].content }}<image>");
        Assert.Equal("a<image>"u8.ToArray().Select(b => (int)b), ChatTemplate.Load(_folder.Root).Encode(tokenizer, [new ChatMessage("user", "a")]));

        // As a model, as a file of its own, and as the folder that is made of that.
        var (file, back) = (_folder.PathOf("model.gguf"), _folder.PathOf("back"));
        var text = _folder.Write("text.txt", string.Concat(Enumerable.Repeat("an <image> ", 100)));
        Command.Result("convert", _folder.Root, file);
        Command.Result("convert", file, back);
        foreach (var model in (string[])[_folder.Root, file, back])
        {
            Assert.Equal(0, Command.Run("perplexity", model, "--text", text, "--context", "64").Code);
            Assert.Equal(0, Command.Run("generate", model, "--prompt", "a<image>", "--max-tokens", "3").Code);
            Assert.Equal(letters, Tokenizer.Load(model).Encode("a<image>"));
        }
    }

    /// <summary>The vocabulary's own end of text, or the added token named as the end: without a row they are no detail.</summary>
    [Theory]
    [InlineData(256, "<|endoftext|>", 256)]
    [InlineData(257, "<image>", 257)]
    public void A_token_of_the_vocabulary_or_one_that_ends_texts_needs_a_row(int rows, string end, int largest)
    {
        Write(rows);
        _folder.Write("tokenizer_config.json", $$"""{"eos_token":"{{end}}"}""");
        Assert.Equal(largest + 1, Tokenizer.Load(_folder.Root).VocabularySize);
        var run = Command.Run("generate", _folder.Root, "--prompt", "a", "--max-tokens", "3");
        Assert.Equal(2, run.Code);
        Assert.Contains($"ids below the embedding's {rows} rows", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    private void Write(int rows)
    {
        RandomCheckpoint.Write(_folder, RandomCheckpoint.Config(SmallConfigs.All["llama"], $$"""{"vocab_size":{{rows}}}"""), 5);
        File.Copy(Path.Combine(Command.Embedded, "tokenizer_config.json"), _folder.PathOf("tokenizer_config.json"));
        var tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(Command.Embedded, "tokenizer.json")))!;
        tokenizer["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id":257,"content":"<image>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}"""));
        _folder.Write("tokenizer.json", tokenizer.ToJsonString());
    }
}
