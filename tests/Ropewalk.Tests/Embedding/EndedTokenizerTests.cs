using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Tokenization;

namespace Ropewalk.Tests.Embedding;

/// <summary>The end that last-token pooling needs, in the tokenizer of a folder that is written: whoever loads it has the ids that embed has.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EndedTokenizerTests
{
    private const string Llama = """{"model_type":"llama","hidden_size":24,"intermediate_size":48,"num_hidden_layers":1,"num_attention_heads":2,"vocab_size":30522,"max_position_embeddings":64,"rms_norm_eps":1e-5,"rope_theta":10000.0,"hidden_act":"silu"}""";
    private const string Ends = """[{"id":256,"content":"<s>","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false},{"id":257,"content":"</s>","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}]""";
    private const string Begin = """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[256],"tokens":["<s>"]}}}""";
    private const string Bytes = """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}""";

    [SharedTheory]
    [InlineData(null, 0)]
    [InlineData("null", 0)]
    [InlineData(Bytes, 0)]
    [InlineData(Begin, 1)]
    [InlineData($$"""{"type":"Sequence","processors":[{{Bytes}},{{Begin}}]}""", 1)]
    public void An_extended_folder_ends_texts_as_embed_does(string? processor, int prefix)
    {
        using var model = new TemporaryFolder();
        using var work = new TemporaryFolder();
        Write(model, processor);
        Assert.Equal(0, Command.Run("extend", model.Root, "--to", "256", "--method", "linear:4", "--out", work.PathOf("out")).Code);
        using var before = TextEmbedder.Load(model.Root);
        using var after = TextEmbedder.Load(work.PathOf("out"));
        int[] expected = [.. before.Tokenizer.Encode("a text"), 257];
        Assert.Equal(6 + 1 + prefix, expected.Length);
        Assert.Equal(expected, after.Tokenizer.Encode("a text"));
        Assert.Equal(before.Count("a text"), after.Count("a text"));

        // The rest of the file has its bytes, and what says no special tokens stays.
        var (old, now) = (File.ReadAllText(model.PathOf("tokenizer.json")), File.ReadAllText(work.PathOf("out/tokenizer.json")));
        var written = JsonElement.Parse(now).GetProperty("post_processor");
        Assert.Equal(old, processor is null ? now.Replace($"\"post_processor\": {written.GetRawText()},", "", StringComparison.Ordinal) : now.Replace(written.GetRawText(), processor, StringComparison.Ordinal));
        Assert.Equal(processor?.Contains("ByteLevel", StringComparison.Ordinal) == true, written.GetRawText().Contains("ByteLevel", StringComparison.Ordinal));
        Assert.True(JsonElement.Parse(File.ReadAllText(work.PathOf("out/tokenizer_config.json"))).GetProperty("add_eos_token").GetBoolean());
    }

    [SharedFact]
    public void A_tuned_folder_ends_texts_too_and_a_mean_needs_no_end()
    {
        using var model = new TemporaryFolder();
        using var work = new TemporaryFolder();
        Write(model, Begin);
        var pairs = work.Write("pairs.jsonl", string.Concat(Enumerable.Range(0, 4).Select(i => $$"""{"query":"q {{i}}","positive":"p {{i}}"}""" + "\n")));
        string[] tune = ["tune", model.Root, pairs, "--batch", "2", "--steps", "1", "--out"];
        Assert.Equal(0, Command.Run([.. tune, work.PathOf("last")]).Code);
        using (var after = TextEmbedder.Load(work.PathOf("last/model")))
        {
            Assert.Equal([256, 'a', 257], after.Tokenizer.Encode("a"));
        }

        SmallEmbedder.Change(model.PathOf("1_Pooling/config.json"), """{"pooling_mode_mean_tokens":true,"pooling_mode_lasttoken":false}""");
        Assert.Equal(0, Command.Run([.. tune, work.PathOf("mean")]).Code);
        Assert.Equal(File.ReadAllBytes(model.PathOf("tokenizer.json")), File.ReadAllBytes(work.PathOf("mean/model/tokenizer.json")));
    }

    private static void Write(TemporaryFolder folder, string? processor)
    {
        SmallEmbedder.Write(folder, Llama);
        var tokenizer = SmallTokenizers.ByteLevel().With("added_tokens", Ends).ToJsonString();
        folder.Write("tokenizer.json", processor is null ? tokenizer : tokenizer[..^1] + $",\"post_processor\":{processor}}}");
        folder.Write("tokenizer_config.json", """{"tokenizer_class":"PreTrainedTokenizerFast","eos_token":"</s>","model_max_length":64}""");
        SmallEmbedder.Change(folder.PathOf("sentence_bert_config.json"), """{"max_seq_length":64}""");
        SmallEmbedder.Change(folder.PathOf("1_Pooling/config.json"), """{"pooling_mode_mean_tokens":false,"pooling_mode_lasttoken":true}""");
    }
}
