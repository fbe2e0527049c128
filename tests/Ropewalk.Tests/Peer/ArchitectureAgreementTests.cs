using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Data;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Peer;

/// <summary>Every architecture: a small random model that we write as a folder and as GGUF, run by us from the folder and by llama.cpp from
/// the file.</summary>
public sealed class ArchitectureAgreementTests
{
    private const int Length = 300;

    public static TheoryData<string> Names() => [.. SmallConfigs.All.Keys];

    [PeerTheory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_llama_cpp(string name)
    {
        var (ours, theirs, _) = Run(SmallConfigs.All[name]);

        // Measured: 1e-6 to 1e-5 of the largest logit where both compute in float32; 7e-5 for gemma3_text, because ggml looks the tanh gelu
        // up in a table of 16-bit floats; for gpt_neox 3.7e-4 by that table alone, and 4.6e-4 where it asks for the gelu by the error function
        // and gets the tanh one there.
        var limit = name.StartsWith("gpt_neox", StringComparison.Ordinal) ? 1e-3 : name.StartsWith("gemma3", StringComparison.Ordinal) ? 2e-4 : 3e-5;
        Assert.True(Difference(ours, theirs) <= limit, $"{name}: differs by {Difference(ours, theirs):G3} of the largest logit");
    }

    /// <summary>What the comparison would not see if the two encodings gave nearly the same numbers.</summary>
    [Theory]
    [InlineData("llama, llama3 scaling")]
    [InlineData("llama, linear")]
    [InlineData("llama, longrope")]
    [InlineData("qwen2, tied, yarn")]
    [InlineData("phi3, longrope, partial rotary")]
    [InlineData("gemma3_text, other layers, linear")]
    public void Without_its_scaling_a_model_is_another(string name)
    {
        var scaled = OurLogits(SmallConfigs.All[name]);
        var plain = OurLogits(RandomCheckpoint.Config(SmallConfigs.All[name], """{"rope_scaling":null}"""));
        Assert.True(Difference(plain, scaled) > 1e-2, $"{name}: without its scaling only {Difference(plain, scaled):G3} of the largest logit");
    }

    /// <summary>By design: llama.cpp's graphs of these architectures have no window (phi3's is switched off there, the others never read
    /// one), Hugging Face's have. Within the window both are one; past it they part.</summary>
    [PeerTheory]
    [InlineData("mistral", """{"sliding_window":100}""")]
    [InlineData("phi3", """{"sliding_window":100}""")]
    [InlineData("qwen2", """{"use_sliding_window":true,"sliding_window":100,"max_window_layers":1}""")]
    public void A_window_that_llama_cpp_does_not_have_is_told_and_shows(string name, string window)
    {
        const int Window = 100;
        var (ours, theirs, notes) = Run(RandomCheckpoint.Config(SmallConfigs.All[name], window));
        Assert.Contains(notes, n => n.Contains($"no sliding window: past {Window} tokens", StringComparison.Ordinal));
        Assert.True(Difference(ours[..Window], theirs[..Window]) <= 3e-5, $"{name}: within the window {Difference(ours[..Window], theirs[..Window]):G3}");
        Assert.True(Difference(ours[Window..], theirs[Window..]) > 1e-3, $"{name}: past the window only {Difference(ours[Window..], theirs[Window..]):G3}");
    }

    /// <summary>By design: llama.cpp takes the long factors when its context is larger than the original one, Hugging Face when the text is.</summary>
    [PeerFact]
    public void Longrope_factors_follow_the_context_there_and_the_text_here()
    {
        // llama.cpp rounds a context up to a multiple of 256.
        var config = RandomCheckpoint.Config(SmallConfigs.All["phi3, longrope, partial rotary"], """{"original_max_position_embeddings":256}""");
        const int Short = 100;
        var agreed = Difference(Run(config, Short, "--ctx", "256"));
        Assert.True(agreed <= 3e-5, $"a context of 256: {agreed:G3}");
        var parted = Difference(Run(config, Short, "--ctx", "512"));
        Assert.True(parted > 1e-3, $"a context of 512 with {Short} tokens in it: only {parted:G3}");
    }

    private static (float[][] Ours, float[][] Theirs, IReadOnlyList<string> Notes) Run(string config, int length = Length, params string[] options)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, config, 700);
        var file = folder.PathOf("model.gguf");
        using var checkpoint = CheckpointFolder.Open(folder.Root);
        var notes = GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        var tokens = Tokens(length);
        using var model = ModelLoader.Load(folder.Root);
        return (ModelLogits.Of(model, tokens), LlamaCpp.Logits(file, tokens, options), notes);
    }

    private static float[][] OurLogits(string config)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, config, 700);
        using var model = ModelLoader.Load(folder.Root);
        return ModelLogits.Of(model, Tokens(Length));
    }

    private static int[] Tokens(int length)
    {
        var random = new CounterRandom(8);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextInt(1003))];
    }

    private static double Difference((float[][] Ours, float[][] Theirs, IReadOnlyList<string> Notes) run) => Difference(run.Ours, run.Theirs);

    /// <summary>The largest difference, as a share of the largest logit.</summary>
    private static double Difference(float[][] ours, float[][] theirs) =>
        ours.Zip(theirs, (o, t) => o.Zip(t, (a, b) => Math.Abs(a - b)).Max()).Max() / theirs.Max(row => row.Max(MathF.Abs));
}
