using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>Trained models: the same GGUF file read by us and by llama.cpp, as it is and in Q8_0.</summary>
public sealed class GgufModelAgreementTests
{
    private const int Length = 256;

    [PeerTheory]
    [InlineData("llama2xs")]
    [InlineData("stories260K")]
    public void Mean_losses_are_those_of_llama_cpp(string name)
    {
        using var folder = new TemporaryFolder();
        var tokens = PeerText.Tokens(name, Length);
        var original = PeerText.Gguf(name);
        var reference = LlamaCpp.Losses(original, tokens).Average();
        Near(reference, Ours(original, tokens), 1e-4, $"{name}");

        var theirs = folder.PathOf("theirs.gguf");
        LlamaCpp.Quantize(original, theirs, "Q8_0");
        var ours = folder.PathOf("ours.gguf");
        using (var checkpoint = ModelLoader.Open(original))
        {
            GgufExport.Write(checkpoint, ours, GgmlType.Q8_0, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        // Nothing but the weights rounded: measured within 3e-7. llama.cpp's own run of the file rounds activations too: 2e-4 and 8e-4 away.
        var widened = folder.PathOf("widened.gguf");
        LlamaCpp.Quantize(theirs, widened, "F32", pure: true, again: true);
        var exact = LlamaCpp.Losses(widened, tokens).Average();
        var rounded = LlamaCpp.Losses(theirs, tokens).Average();
        Near(exact, Ours(theirs, tokens), 1e-5, $"{name} in Q8_0, its weights widened again");
        Near(rounded, Ours(theirs, tokens), 2e-3, $"{name} in Q8_0");
        Near(exact, Ours(ours, tokens), 1e-5, $"{name} in our Q8_0");
        Near(rounded, LlamaCpp.Losses(ours, tokens).Average(), 1e-6, $"{name} in our Q8_0 as llama.cpp runs it");
        Assert.True(Math.Abs(exact - reference) > 1e-4, $"{name}: Q8_0 changes the mean loss by {exact - reference:G3} only");
    }

    private static double Ours(string file, int[] tokens)
    {
        using var model = ModelLoader.Load(file);
        return new Evaluator(model).Losses([tokens], model.Rope.Scaling.At(tokens.Length))[0].Average(l => (double)l);
    }

    private static void Near(double expected, double found, double tolerance, string where) =>
        Assert.True(Math.Abs(expected - found) <= tolerance, $"{where}: a mean loss of {found:F6}, llama.cpp's is {expected:F6}");
}
