using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tensors;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>The types that we write, byte by byte as llama.cpp's own quantization writes them.</summary>
public sealed class WriterAgreementTests(QuantizedModels models) : IClassFixture<QuantizedModels>
{
    [PeerTheory]
    [InlineData("random llama", GgmlType.F16)]
    [InlineData("random llama", GgmlType.BF16)]
    [InlineData("random llama", GgmlType.Q8_0)]
    [InlineData("llama2xs", GgmlType.F16)]
    [InlineData("llama2xs", GgmlType.BF16)]
    [InlineData("llama2xs", GgmlType.Q8_0)]
    [InlineData("stories260K", GgmlType.Q8_0)] // rows of 172 numbers, which are not whole blocks
    public void Tensors_are_those_of_llama_cpp(string name, GgmlType type)
    {
        using var folder = new TemporaryFolder();
        var source = name == "random llama" ? models.File("llama") : PeerText.Gguf(name);
        var theirs = folder.PathOf("theirs.gguf");
        LlamaCpp.Quantize(source, theirs, $"{type}", pure: true);
        var ours = folder.PathOf("ours.gguf");
        using (var checkpoint = ModelLoader.Open(source))
        {
            GgufExport.Write(checkpoint, ours, type, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        using var expected = GgufFile.Open(theirs);
        using var found = GgufFile.Open(ours);
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), found.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(expected.Tensors.Values, t => t.Type == type);
        foreach (var tensor in expected.Tensors.Values)
        {
            var other = found.Tensors[tensor.Name];
            Assert.Equal($"{tensor}", $"{other}");
            Assert.True(Bytes(expected, tensor).AsSpan().SequenceEqual(Bytes(found, other)), $"{name} {tensor.Name}: other bytes than llama.cpp's");
        }
    }

    private static byte[] Bytes(GgufFile file, GgufTensor tensor)
    {
        var bytes = new byte[tensor.LengthBytes];
        file.ReadBytes(tensor, 0, bytes);
        return bytes;
    }
}
