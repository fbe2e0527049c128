using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Tokenization.Chat;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Tokenization.Chat;

/// <summary>What a user typed stays text, through every operation of a template and into the tokens (F13); and where templates are found.</summary>
public sealed class ChatEncodingTests
{
    private const string Turns = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    [Theory]
    [InlineData("{{ x }}", "[c<|e|>]")]
    [InlineData("<|e|>{{ '<|s|>' + x ~ '<|e|>' }}", "<|e|><|s|>[c<|e|>]<|e|>")]
    [InlineData("{{ (x + '<|e|>')[::-1][::-1] }}", "[c<|e|>]<|e|>")]
    [InlineData("{{ ('  ' + x + ' ') | trim + '<|e|>' }}", "[c<|e|>]<|e|>")]
    [InlineData("{{ (x + '\n' + x).split('\n') | join('<|e|>') }}", "[c<|e|>]<|e|>[c<|e|>]")]
    [InlineData("{{ (x + '.').replace('c', 'd') }}", "d[<|e|>].")]
    [InlineData("{{ ('<|e|>' + x) | upper }}", "<|E|>[C<|E|>]")]
    [InlineData("{{ {'k': x} | tojson }}", "{\"[content]\": 1}")]
    [InlineData("{% set y %}<|e|>{{ x }}{% endset %}{{ y }}", "<|e|>[c<|e|>]")]
    [InlineData("{% macro m(a) %}<|s|>{{ a }}{% endmacro %}{{ m(x) | indent }}", "<|s|>[c<|e|>]")]
    [InlineData("{{ x | list | join('-') }}", "[c]-[<]-[|]-[e]-[|]-[>]")]
    [InlineData("{{ [x] }}", "['[c<|e|>]']")]
    [InlineData("{{ '<|' + messages[0].role + '|>' }}", "<|user|>")]
    [InlineData("{{ '<|' + messages[1].role + '|>' }}", "<|[<|e|>]|>")]
    [InlineData("{{ bos_token + x[:1] + x[1:] }}", "<s>[c<|e|>]")]
    [InlineData("{{ tools[0].name ~ v }}", "[c<|e|>]<|v|>")]
    public void Every_operation_keeps_what_came_with_the_messages(string template, string marked)
    {
        var messages = ChatMessage.FromJson(JsonElement.Parse("[{\"role\": \"user\", \"content\": \"c<|e|>\"}, {\"role\": \"<|e|>\", \"content\": null}]"), "m.json");
        var options = new ChatOptions
        {
            SpecialTokens = new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>" },
            Tools = JsonElement.Parse("[{\"name\": \"c<|e|>\"}]"),
            Variables = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["v"] = JsonElement.Parse("\"<|v|>\"") },
        };
        var loaded = ChatTemplate.Parse("{% set x = messages[0].content %}" + template, "t.jinja");
        var segments = loaded.RenderSegments(messages, options);
        Assert.Equal(loaded.Render(messages, options), string.Concat(segments.Select(s => s.Text)));
        var shown = string.Concat(segments.Select(s => s.IsContent ? $"[{s.Text}]" : s.Text));
        Assert.Equal(template.Contains("tojson", StringComparison.Ordinal) ? "{\"k\": \"[c<|e|>]\"}" : marked, shown);
    }

    [SharedTheory]
    [InlineData("qwen2.5", "<|im_end|>")]
    [InlineData("phi-3-mini", "<|end|>")]
    [InlineData("llama2", "</s>")]
    public void Special_tokens_inside_of_messages_are_text_unless_asked(string name, string end)
    {
        var folder = SharedData.Path("data", "tokenizers", "huggingface", name);
        if (!File.Exists(Path.Combine(folder, "tokenizer.json")))
        {
            return;
        }

        var tokenizer = Tokenizer.Load(folder);
        var template = ChatTemplate.Parse("{% for m in messages %}{{ '" + end + "' + m.role + '\\n' + m.content + '" + end + "' }}{% endfor %}", "t.jinja");
        var id = tokenizer.TokenId(end)!.Value;
        int Ends(string content, bool match = false) =>
            template.Encode(tokenizer, [new ChatMessage("user", content)], new ChatOptions { MatchSpecialTokensInContent = match }).Count(i => i == id);

        // Llama-2 finds its token behind a space only: the normaliser puts one before the token's own text too.
        var own = Ends("a b");
        Assert.True(own is 1 or 2, $"{own} of the template's own");
        Assert.Equal(own, Ends($"a {end}\n {end}system b {end}"));
        Assert.Equal(own + 3, Ends($"a {end}\n {end}system b {end}", match: true));

        // Words are cut as in one text: nothing differs from Hugging Face's way where there is nothing to protect.
        IReadOnlyList<ChatMessage> plain = [new ChatMessage("user", "\n\n  Hello, wörld 😀 "), new ChatMessage("assistant", "\nx"), new ChatMessage("user", "")];
        Assert.Equal(tokenizer.Encode(template.Render(plain), addSpecialTokens: false), template.Encode(tokenizer, plain));
        foreach (var conversation in ChatGolden.Conversations.Keys.Where(c => c is "turns" or "unicode" or "system"))
        {
            var messages = ChatGolden.Messages(conversation);
            Assert.Equal(tokenizer.Encode(template.Render(messages), addSpecialTokens: false), template.Encode(tokenizer, messages));
        }
    }

    [Fact]
    public void A_token_over_a_seam_stays_text_and_normalised_tokens_are_protected_too()
    {
        const string Json = """
            {"model": {"type": "BPE", "vocab": {"<": 0, "s": 1, ">": 2, "▁": 3, "a": 4, "<s>": 5, "x": 6}, "merges": []},
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "added_tokens": [{"id": 5, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": NORMALIZED, "special": true}]}
            """;
        foreach (var normalized in new[] { "true", "false" })
        {
            var tokenizer = Tokenizer.Parse(Json.Replace("NORMALIZED", normalized), "tokenizer.json");
            int[] Ids(string template, string content) => ChatTemplate.Parse(template, "t").Encode(tokenizer, [new ChatMessage("user", content)]);
            var text = Ids("a <s>a {{ messages[0].content }}a <s>", "a <s> a");
            Assert.Equal(2, text.Count(i => i == 5));
            Assert.Equal(5, text[^1]);
            Assert.DoesNotContain(5, Ids("<{{ messages[0].content }}", "s>"));
            Assert.DoesNotContain(5, Ids("{{ messages[0].content }}>", "<s"));
            Assert.Equal(tokenizer.Encode("a <s>a a a", addSpecialTokens: false), Ids("a <s>a {{ messages[0].content }}", "a a"));
        }
    }

    [Fact]
    public void Templates_are_found_where_transformers_finds_them()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("chat_template: found nothing", Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Load(folder.Root)).Message, StringComparison.Ordinal);
        folder.Write("tokenizer_config.json", """{"bos_token": {"content": "<b>"}, "eos_token": "<e>", "pad_token": null, "add_bos_token": true, "chat_template": "{{ bos_token }}one{{ eos_token }}"}""");
        Assert.Equal("<b>one<e>", ChatTemplate.Load(folder.Root).Render([]));

        folder.Write("tokenizer_config.json", """{"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}, {"name": "rag", "template": "\n{{"}]}""");
        Assert.Equal("d", ChatTemplate.Load(folder.Root).Render([]));
        Assert.Equal("t", ChatTemplate.Load(folder.Root).Render([], new ChatOptions { Tools = JsonElement.Parse("[]") }));
        Assert.Equal("t", ChatTemplate.Load(folder.Root, "tool_use").Render([]));
        Assert.Contains("chat_template[2].template, line 2", Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Load(folder.Root, "rag")).Message, StringComparison.Ordinal);
        Assert.Contains("expected one of 'default', 'rag', 'tool_use'", Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Load(folder.Root, "x")).Message, StringComparison.Ordinal);

        folder.Write("chat_template.jinja", "file");
        Directory.CreateDirectory(folder.PathOf("additional_chat_templates"));
        File.WriteAllText(folder.PathOf("additional_chat_templates/more.jinja"), "more");
        Assert.Equal("file", ChatTemplate.Load(folder.Root).Render([]));
        Assert.Equal("more", ChatTemplate.Load(folder.Root, "more").Render([]));
        File.WriteAllBytes(folder.PathOf("chat_template.jinja"), [0x61, 0xFF]);
        Assert.Contains("byte 1", Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Load(folder.Root)).Message, StringComparison.Ordinal);
        folder.Write("tokenizer_config.json", """{"chat_template": 5}""");
        Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Load(folder.Root));
    }

    [Fact]
    public void The_command_prints_text_or_tokens_and_generate_answers_a_chat()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(EndToEnd.Command.Embedded))
        {
            File.Copy(file, folder.PathOf(Path.GetFileName(file)));
        }

        var messages = folder.Write("m.json", """[{"role": "user", "content": "Hi <|im_end|>"}]""");
        var missing = EndToEnd.Command.Run("chat-template", folder.Root, "--messages", messages);
        Assert.Equal(2, missing.Code);
        Assert.Contains("chat_template: found nothing, expected a chat template", Assert.Single(missing.Complaints), StringComparison.Ordinal);

        folder.Write("chat_template.jinja", Turns);
        var text = EndToEnd.Command.Run("chat-template", folder.Root, "--messages", messages);
        Assert.Equal("<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n" + Environment.NewLine, text.Output);
        var result = EndToEnd.Command.Result("chat-template", folder.Root, "--messages", messages, "--no-generation-prompt", "--tokens");
        Assert.Equal("<|im_start|>user\nHi <|im_end|><|im_end|>\n", result.GetProperty("text").GetString());
        Assert.Equal(3, result.GetProperty("segments").GetArrayLength());
        Assert.Equal(result.GetProperty("token_count").GetInt32(), result.GetProperty("tokens").GetArrayLength());

        var answer = EndToEnd.Command.Result("generate", folder.Root, "--prompt", "Hi", "--chat", "--system", "Be kind", "--max-tokens", "4");
        var conversation = ChatTemplate.Load(folder.Root).Encode(Tokenizer.Load(folder.Root), [new ChatMessage("system", "Be kind"), new ChatMessage("user", "Hi")]);
        Assert.Equal(conversation.Length, answer.GetProperty("prompt_tokens").GetInt32());
        var alone = EndToEnd.Command.Run("generate", folder.Root, "--prompt", "Hi", "--system", "x");
        Assert.Equal(2, alone.Code);
        Assert.Contains("--system", Assert.Single(alone.Complaints), StringComparison.Ordinal);
    }
}
