using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;
using Xunit.Abstractions;

namespace Ropewalk.Tests.Fuzz;

/// <summary>Mutated GGUF files loaded as models: config, tokenizer, weights, and a pass over a few tokens. <see cref="Fuzzer"/> says how to
/// run it for an hour.</summary>
[Trait("Category", "Fuzz")]
public sealed class GgufModelFuzzTests(ITestOutputHelper output)
{
    private const long AllowanceBytes = 8 << 20;

    // One layer and narrow rows: most of the file is what says how to read the rest.
    private const string Small = """{"num_hidden_layers":1,"hidden_size":32,"intermediate_size":32,"num_attention_heads":2,"num_key_value_heads":1,"head_dim":16,"query_pre_attn_scalar":16}""";

    [Fact]
    public void Mutated_models_are_run_or_refused_in_one_line()
    {
        using var embedded = CheckpointFolder.Open(Command.Embedded);
        var vocabulary = embedded.VocabularySize;
        var mutator = new GgufMutator([.. SmallConfigs.All.Where(c => !c.Key.Contains("longrope", StringComparison.Ordinal) && !c.Key.Contains("other layers", StringComparison.Ordinal)).Select((c, i) => Model(
            RandomCheckpoint.Config(RandomCheckpoint.Config(c.Value, Small), $$"""{"vocab_size":{{vocabulary}}}"""), i % 2 == 0 ? GgmlType.Q8_0 : GgmlType.BF16))]);
        var (accepted, refused) = Fuzzer.Run(Fuzzer.Share(1 / 3.0), mutator.Mutate, Load, ".gguf", AllowanceBytes);
        output.WriteLine($"{accepted} models accepted, {refused} refused");
        Assert.True(accepted > 10 && refused > 100, $"{accepted} accepted, {refused} refused: the mutator is too rough or too gentle to reach the checks");
    }

    private static void Load(string path)
    {
        using var model = ModelLoader.Load(path);
        var tokens = Tokenizer.Load(path).Encode("a rope");
        ModelLogits.Of(model, tokens.Length == 0 ? [0] : [.. tokens.Take(6).Select(t => t % model.Shape.VocabularySize)]);
    }

    private static byte[] Model(string config, GgmlType type)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, config, 900);
        var file = folder.PathOf("model.gguf");
        using var checkpoint = CheckpointFolder.Open(folder.Root);
        GgufExport.Write(checkpoint, file, type, metadata => GgufTokenizerWriter.Write(Command.Embedded, metadata, checkpoint.VocabularySize));
        return File.ReadAllBytes(file);
    }
}
