using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>The proof that an export has its effect in llama.cpp itself: the file that export wrote gives the perplexity there that it gives here, at the old length and at
/// the new one, and the file that was not extended is far worse. As in llama-perplexity the second half of each text is scored: what has
/// more than the old window before it.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ExportAgreementTests : IDisposable
{
    private const string Model = "llama2xs";
    private const int Original = 256;
    private const int Target = 1024;
    private const int Chunks = 2;
    private const double Allowed = 0.005;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerFact]
    public void Yarn_in_a_file_and_as_flags_is_ours()
    {
        var file = _folder.PathOf("yarn.gguf");
        Command.Result("export", Command.Model, "--scaling", "yarn:4", "--target", "gguf", "--out", file);
        var plain = Peer(PeerText.Gguf(Model), Target);
        var yarn = Peer(file, Target);
        Near(Ours(file, Target, Target), yarn);
        Assert.True(plain > 5 * yarn, $"not extended {plain:F2}, extended {yarn:F2}");

        // The flags on the file as it was. The library takes the scale's inverse.
        var flags = Command.Result("export", Command.Model, "--scaling", "yarn:4", "--target", "llama.cpp").GetProperty("text").GetString();
        Assert.Equal("--rope-scaling yarn --rope-scale 4 --yarn-orig-ctx 256", flags);
        Near(yarn, Peer(PeerText.Gguf(Model), Target, "--rope-scaling", "yarn", "--rope-freq-scale", "0.25", "--yarn-orig-ctx", "256"), 1e-5);
    }

    [PeerFact]
    public void Both_lists_of_longrope_factors_are_ours()
    {
        // The factors of golden llamacpp_perplexity.json, with a short list that is no list of ones.
        var factors = _folder.Write("factors.json", """
            { "version": 1, "rotary_dimension": 8, "base": 10000, "original_context": 256, "target_context": 1024,
              "entries": [
                { "maximum_length": 256, "attention_factor": 1.118033988749895, "start_tokens": 0, "rescale_factors": [1, 1.5, 1.5, 2] },
                { "maximum_length": 1024, "attention_factor": 1.118033988749895, "start_tokens": 0, "rescale_factors": [1, 2.1666667, 3.3333333, 4.5] } ] }
            """);
        var file = _folder.PathOf("longrope.gguf");
        Command.Result("export", Command.Model, "--factors", factors, "--target", "gguf", "--out", file);
        var beyond = Peer(file, Target);
        Near(Ours(file, Target, Target), beyond);
        var plain = Peer(PeerText.Gguf(Model), Target);
        Assert.True(plain > 5 * beyond, $"not extended {plain:F2}, extended {beyond:F2}");

        // llama.cpp chooses by the context it allocates: the short list for the same texts in a context of 256, the long one in one of 1,024.
        var within = Peer(file, Original, "--ctx", $"{Original}");
        var withLong = Peer(file, Original, "--ctx", $"{Target}");
        Near(Ours(file, Original, Original), within);
        Near(Ours(file, Original, Target), withLong);
        Assert.True(Math.Abs((within / withLong) - 1) > 3 * Allowed, $"the two lists give {within:F3} and {withLong:F3}: they could not be told apart");
    }

    [PeerFact]
    public void A_method_that_others_have_no_name_for_is_ours_as_factors()
    {
        var file = _folder.PathOf("resonance.gguf");
        Command.Result("export", Command.Model, "--scaling", "resonance+yarn:4", "--target", "gguf", "--out", file);
        Near(Ours(file, Target, Target), Peer(file, Target));
        Near(Ours(file, Original, Original), Peer(file, Original, "--ctx", $"{Original}"));
    }

    [PeerFact]
    public void A_folder_that_was_exported_and_converted_is_the_same_file_to_llama_cpp()
    {
        var folder = _folder.PathOf("folder");
        Command.Result("export", Command.Model, "--scaling", "yarn:4", "--target", "huggingface-v5", "--out", folder);
        var (converted, direct) = (_folder.PathOf("converted.gguf"), _folder.PathOf("direct.gguf"));
        Command.Result("convert", folder, converted);
        Command.Result("export", Command.Model, "--scaling", "yarn:4", "--target", "gguf", "--out", direct);
        Assert.Equal(Peer(direct, Target), Peer(converted, Target));
    }

    private static void Near(double ours, double theirs, double allowed = Allowed) =>
        Assert.True(Math.Abs((ours / theirs) - 1) <= allowed, $"{ours:F4} and {theirs:F4}: {100 * Math.Abs((ours / theirs) - 1):F3} % apart");

    private static List<int[]> Texts(int length)
    {
        var tokens = PeerText.Tokens(Model, Chunks * length);
        return [.. Enumerable.Range(0, Chunks).Select(c =>
        {
            var chunk = tokens[(c * length)..((c + 1) * length)];
            chunk[0] = tokens[0];
            return chunk;
        })];
    }

    /// <summary>Perplexity of a file under its own encoding, through our engine.</summary>
    private static double Ours(string file, int length, int inForceAt)
    {
        using var model = ModelLoader.Load(file);
        var losses = new Evaluator(model).Losses(Texts(length), model.Rope.Scaling.At(inForceAt));
        return Math.Exp(losses.SelectMany(l => l[(length / 2)..]).Average(l => (double)l));
    }

    private static double Peer(string file, int length, params string[] options) =>
        Math.Exp(Texts(length).SelectMany(t => LlamaCpp.Losses(file, t, options)[(length / 2)..]).Average());
}
