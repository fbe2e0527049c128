using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Tokenization;
using Ropewalk.Tests.Tokenization.Gguf;

namespace Ropewalk.Tests.Generation;

/// <summary>Which tokens end what a model writes.</summary>
public sealed class StopTokensTests
{
    /// <summary>The ids for which libllama v0.5.0 (@node-llama-cpp/linux-x64 3.22.1) answers true to llama_vocab_is_eog, asked of each id on 2026-11-22.</summary>
    [SharedTheory]
    [InlineData("phi-3", new[] { 2, 32000, 32007 })]
    [InlineData("deepseek-coder", new[] { 32014 })]
    [InlineData("falcon", new[] { 11 })]
    [InlineData("gpt-2", new[] { 50256 })]
    [InlineData("llama-spm", new[] { 2 })]
    [InlineData("stories260K", new[] { 2 })]
    public void Of_a_gguf_file_they_are_llama_cpps(string name, int[] expected)
    {
        var path = VocabularyFiles.Path(name);
        Assert.Equal(expected, StopTokens.Of(path, Tokenizer.Load(path), int.MaxValue).Order());
    }

    [SharedFact]
    public void Of_a_folder_they_are_those_of_both_configs_and_of_the_tokenizer()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = TokenizerFolders.Get("phi-3-mini");
        IEnumerable<int> Stops() => StopTokens.Of(folder.Root, tokenizer, 32064).Order();
        Assert.Equal([32000], Stops());
        folder.Write("config.json", """{"eos_token_id":32001}""");
        Assert.Equal([32000, 32001], Stops());
        folder.Write("generation_config.json", """{"eos_token_id":[-1,32000,32001,32007,32064]}""");
        Assert.Equal([32000, 32001, 32007], Stops());
        folder.Write("generation_config.json", """{"eos_token_id":"<|end|>"}""");
        Assert.Throws<CheckpointFormatException>(Stops);
    }
}
