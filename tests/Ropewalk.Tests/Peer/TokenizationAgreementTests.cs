using System.Text;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Peer;

/// <summary>One vocabulary, read from tokenizer.json by us and from the GGUF file by llama.cpp.</summary>
public sealed class TokenizationAgreementTests
{
    private const string Model = "llama2xs";

    [PeerTheory]
    [InlineData("Once upon a time, there was a little girl named Lily.")]
    [InlineData("  two spaces in front,   three inside, two behind  ")]
    [InlineData("line\n\nline\ttab\r\nline")]
    [InlineData("Größe, naïve, Ελλάδα, 東京, \U0001F642, \u200B")]
    [InlineData("12345 + 67 = 12412; \"quoted\" (and) [so] <on>")]
    [InlineData("<unk>aaaa<0x41>\u2581x")]
    public void Ids_are_those_of_llama_cpp(string text)
    {
        var tokenizer = Tokenizer.Load(SharedData.Path("data", "models", Model));
        var ids = tokenizer.Encode(text, matchSpecialTokens: false);
        Assert.Equal(LlamaCpp.Tokenize(PeerText.Gguf(Model), text, parseSpecial: false), ids);

        // After BOS llama.cpp keeps the space that the vocabulary puts in front of a text; the tokenizer.json takes it away.
        Assert.Equal(" " + tokenizer.Decode(ids, skipSpecialTokens: true), Encoding.UTF8.GetString(LlamaCpp.Detokenize(PeerText.Gguf(Model), ids)));
    }

    [PeerFact]
    public void Special_tokens_in_a_text_are_those_of_llama_cpp()
    {
        const string text = "</s>Once</s><s>";
        Assert.Equal(LlamaCpp.Tokenize(PeerText.Gguf(Model), text), Tokenizer.Load(SharedData.Path("data", "models", Model)).Encode(text));
    }
}
