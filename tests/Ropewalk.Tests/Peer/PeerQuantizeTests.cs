using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>llama.cpp writes a type and reads it again.</summary>
public sealed class PeerQuantizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerFact]
    public void A_quantized_file_is_smaller_and_nearly_the_same_model()
    {
        var original = PeerText.Gguf("llama2xs");
        var quantized = _folder.PathOf("q8.gguf");
        LlamaCpp.Quantize(original, quantized, "Q8_0");
        Assert.InRange(new FileInfo(quantized).Length / (double)new FileInfo(original).Length, 0.2, 0.35);
        var tokens = PeerText.Tokens("llama2xs", 128);
        var difference = Math.Abs(LlamaCpp.Losses(original, tokens).Average() - LlamaCpp.Losses(quantized, tokens).Average());
        Assert.InRange(difference, 1e-7, 0.05);
    }
}
