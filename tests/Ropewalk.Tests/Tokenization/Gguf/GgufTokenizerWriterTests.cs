using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>Folders written as metadata: the tables are those that llama.cpp was asked with, and its answers are ours.</summary>
public sealed class GgufTokenizerWriterTests
{
    [SharedTheory]
    [InlineData("llama2", null)]
    [InlineData("phi-3-mini", 32064)]
    [InlineData("falcon", null)]
    [InlineData("phi-2", 51200)]
    [InlineData("llama2xs", 512)]
    [InlineData("stories260K", 512)]
    [InlineData("bytes2m", 257)]
    public void Llama_cpp_encodes_as_we_do(string name, int? rows)
    {
        var metadata = Write(name, rows);
        Assert.Equal(LlamaCppTokens.Digest(name), Digest(metadata));
        var folder = TokenizerFolders.Get(name);
        var tables = GgufTokenizerReader.Read(metadata.Without("tokenizer.huggingface.json"), rows).Tokenizer;
        var cases = LlamaCppTokens.Cases(name);
        Assert.True(cases.Length >= 50);
        foreach (var (text, ids, plain) in cases)
        {
            Assert.Equal(ids, tables.Encode(text));
            Assert.Equal(plain, tables.Encode(text, matchSpecialTokens: false));

            // The writer's notes say so: Llama 2 looks for its special tokens in the normalised text; to Phi-3 </s> is no special one.
            if (name is not "llama2" || !text.Contains("<s>", StringComparison.Ordinal))
            {
                Assert.Equal(ids, folder.Encode(text));
            }

            if (name is not "phi-3-mini" || !text.Contains("</s>", StringComparison.Ordinal))
            {
                Assert.Equal(plain, folder.Encode(text, matchSpecialTokens: false));
            }
        }
    }

    /// <summary>GPT-2's tokens cut by other models' rules, as llama.cpp cuts them.</summary>
    [SharedTheory]
    [InlineData("llama-bpe")]
    [InlineData("dbrx")]
    [InlineData("qwen2")]
    [InlineData("smollm")]
    [InlineData("deepseek-coder")]
    [InlineData("deepseek-v3")]
    [InlineData("qwen35")]
    [InlineData("gpt-4o")]
    [InlineData("tekken")]
    [InlineData("bloom")]
    [InlineData("viking")]
    [InlineData("default")]
    public void Words_are_cut_as_llama_cpp_cuts_them(string pre)
    {
        var metadata = VocabularyFiles.Get("gpt-2").Without("tokenizer.ggml.pre");
        metadata.Set("tokenizer.ggml.pre", pre);
        var tokenizer = GgufTokenizerReader.Read(metadata).Tokenizer;
        Assert.Empty(tokenizer.Notes);
        var cases = LlamaCppTokens.Cases("gpt-2 with " + pre);
        Assert.True(cases.Length >= 15);
        foreach (var (text, ids, plain) in cases)
        {
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(plain, tokenizer.Encode(text, matchSpecialTokens: false));
        }
    }

    /// <summary>33 texts as Hugging Face encodes them, after the way through metadata and back.</summary>
    [SharedTheory]
    [InlineData("stories260K")]
    [InlineData("llama2")]
    [InlineData("phi-3-mini")]
    [InlineData("phi-2")]
    [InlineData("falcon")]
    public void The_embedded_file_comes_back_exactly(string name)
    {
        var read = GgufTokenizerReader.Read(Write(name, null));
        Assert.Equal(File.ReadAllBytes(Path.Combine(TokenizerFolders.Folder(name), "tokenizer.json")), read.TokenizerJson);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "tokenizers.json")));
        foreach (var c in golden.RootElement.GetProperty("cases").GetProperty(name).EnumerateArray())
        {
            var ids = c.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32());
            Assert.Equal(ids, read.Tokenizer.Encode(c.GetProperty("text").GetString()!));
        }

        Assert.Equal(TokenizerFolders.Get(name).BosToken, read.Tokenizer.BosToken);
        Assert.Equal(TokenizerFolders.Get(name).EosToken, read.Tokenizer.EosToken);
    }

    [SharedTheory]
    [InlineData("falcon", "falcon")]
    [InlineData("phi-2", "gpt-2")]
    [InlineData("stories260K", "stories260K")]
    [InlineData("llama2xs", "llama2xs")]
    public void The_tables_are_those_of_llama_cpp_s_own_file(string name, string vocabulary)
    {
        var (ours, theirs) = (Write(name, null), VocabularyFiles.Get(vocabulary));
        var count = theirs.OptionalTexts("tokenizer.ggml.tokens")!.Length;
        Assert.Equal(theirs.OptionalTexts("tokenizer.ggml.tokens"), ours.OptionalTexts("tokenizer.ggml.tokens")!.Take(count));
        Assert.Equal(theirs.OptionalInts("tokenizer.ggml.token_type"), ours.OptionalInts("tokenizer.ggml.token_type")!.Take(count));
        Assert.Equal(theirs.OptionalTexts("tokenizer.ggml.merges"), ours.OptionalTexts("tokenizer.ggml.merges"));
        Assert.Equal(theirs.OptionalText("tokenizer.ggml.model"), ours.OptionalText("tokenizer.ggml.model"));

        // The scores of <unk>, <s> and </s> are 0 there, which means nothing: no merge makes them.
        Assert.Equal(theirs.OptionalSingles("tokenizer.ggml.scores")?.Skip(3), ours.OptionalSingles("tokenizer.ggml.scores")?.Skip(3));
    }

    /// <summary>Llama's scores are minus the id, ours minus the place among the merges; the order is what counts. Runs of spaces
    /// have one and the same score there. The folder of Llama 2 has spaces for the no-break spaces in four tokens.</summary>
    [SharedTheory]
    [InlineData("llama2", "llama-spm", 4)]
    [InlineData("phi-3-mini", "phi-3", 0)]
    public void Scores_order_the_tokens_as_those_of_the_model_do(string name, string vocabulary, int otherTexts)
    {
        var (ours, theirs) = (Write(name, name == "llama2" ? null : 32064), VocabularyFiles.Get(vocabulary));
        var types = theirs.OptionalInts("tokenizer.ggml.token_type")!;
        Assert.Equal(types[3..32000], ours.OptionalInts("tokenizer.ggml.token_type")![3..32000]);
        var texts = theirs.OptionalTexts("tokenizer.ggml.tokens")!.Zip(ours.OptionalTexts("tokenizer.ggml.tokens")!).ToArray();
        Assert.Equal(types.Length, texts.Length);
        Assert.Equal(otherTexts, texts.Count(t => t.First != t.Second));
        Assert.All(texts, t => Assert.Equal(t.First.Replace('\u00A0', ' '), t.Second.Replace('\u00A0', ' ')));
        var (scores, written) = (theirs.OptionalSingles("tokenizer.ggml.scores")!, ours.OptionalSingles("tokenizer.ggml.scores")!);
        int[] plain = [.. Enumerable.Range(0, types.Length).Where(i => types[i] == 1 && scores[i] > -1e8f)];
        Assert.True(plain.Length > 31000);
        Assert.Equal(plain.OrderByDescending(i => scores[i]), plain.OrderByDescending(i => written[i]));
    }

    private static GgufMetadata Write(string name, int? rows)
    {
        var metadata = new GgufMetadata(name + ".gguf");
        metadata.Set("general.name", name);
        GgufTokenizerWriter.Write(TokenizerFolders.Folder(name), metadata, rows);
        return metadata;
    }

    /// <summary>As llamacpp-tokens.py has it.</summary>
    private static string Digest(GgufMetadata metadata)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] texts = [.. new[] { "model", "pre" }.Select(k => metadata.OptionalText("tokenizer.ggml." + k) ?? ""),
            .. metadata.OptionalTexts("tokenizer.ggml.tokens")!, .. metadata.OptionalTexts("tokenizer.ggml.merges") ?? []];
        sha.AppendData(Encoding.UTF8.GetBytes(string.Join('\0', texts)));
        sha.AppendData(MemoryMarshal.AsBytes<int>(metadata.OptionalInts("tokenizer.ggml.token_type")));
        sha.AppendData(MemoryMarshal.AsBytes<float>(metadata.OptionalSingles("tokenizer.ggml.scores") ?? []));
        foreach (var key in new[] { "bos_token_id", "eos_token_id", "unknown_token_id", "padding_token_id", "add_bos_token", "add_eos_token", "add_space_prefix" })
        {
            var value = metadata.TryGet("tokenizer.ggml." + key, out var found) ? Convert.ToString(found, CultureInfo.InvariantCulture)!.ToLowerInvariant() : "none";
            sha.AppendData(Encoding.UTF8.GetBytes($"{key}={value};"));
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
