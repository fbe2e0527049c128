using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>Inputs that cannot be used end the peer with one line and a code, not with llama.cpp's abort: a failing comparison says why.</summary>
public sealed class PeerErrorTests : IDisposable
{
    private static readonly byte[] s_layers = "llama.block_count"u8.ToArray();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerFact]
    public void A_missing_file() => Refused(2, ["loss", _folder.PathOf("none.gguf"), "--tokens", Tokens("1 2")], "none.gguf", "found nothing there");

    [PeerFact]
    public void No_GGUF_file() => Refused(2, ["loss", _folder.Write("text.gguf", "a text, no model"), "--tokens", Tokens("1 2")], "text.gguf", "invalid magic", "expected 'GGUF'");

    [PeerFact]
    public void A_truncated_GGUF_file()
    {
        var cut = _folder.Write("cut.gguf", File.ReadAllBytes(PeerText.Gguf("llama2xs"))[..^4096]);
        Refused(2, ["tokenize", cut, "--text", Tokens("a")], "cut.gguf", "not within the file bounds");
    }

    [PeerFact]
    public void A_model_at_which_llama_cpp_aborts()
    {
        var bytes = File.ReadAllBytes(PeerText.Gguf("llama2xs"));
        var value = bytes.AsSpan(bytes.AsSpan().IndexOf(s_layers) + s_layers.Length + sizeof(int), sizeof(int));
        Assert.Equal(5, value[0]);
        value.Clear();
        Refused(3, ["loss", _folder.Write("zero.gguf", bytes), "--tokens", Tokens("1 2")], "llama.cpp aborted", "n_layer");
    }

    [PeerTheory]
    [InlineData("1 512", "token 1: found 512, expected 0 to 511")]
    [InlineData("-1 5", "token 0: found -1, expected 0 to 511")]
    [InlineData("1 two", "token 1: found \"two\", expected a whole number")]
    [InlineData("", "found no tokens")]
    [InlineData("1", "expected at least 2")]
    public void Tokens_that_the_model_does_not_have(string tokens, string message) =>
        Refused(2, ["loss", PeerText.Gguf("llama2xs"), "--tokens", Tokens(tokens)], message);

    [PeerFact]
    public void An_output_that_exists()
    {
        var target = _folder.Write("there.gguf", "kept");
        Refused(2, ["quantize", PeerText.Gguf("llama2xs"), target, "Q8_0"], "there.gguf", "expected a name that is free");
        Assert.Equal("kept", File.ReadAllText(target));
    }

    [PeerFact]
    public void An_unknown_option() => Refused(2, ["loss", PeerText.Gguf("llama2xs"), "--tokens", Tokens("1 2"), "--temperature", "1"], "\"--temperature\"");

    [PeerFact]
    public void Tokens_one_by_one_are_no_embedding() => Refused(2, ["bench", PeerText.Gguf("llama2xs"), "--embed", "--generate", "4"], "--embed: found it with --generate");

    [PeerFact]
    public void A_context_that_is_too_small() => Refused(2, ["loss", PeerText.Gguf("llama2xs"), "--tokens", Tokens("1 2 3"), "--ctx", "2"], "--ctx", "found 2", "3 tokens");

    private static void Refused(int code, string[] args, params string[] fragments)
    {
        var run = LlamaCpp.Run(args);
        Assert.True(run.Code == code, $"exit code {run.Code}: {run.Error}");
        Assert.Empty(run.Output);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.All(fragments, f => Assert.Contains(f, run.Error, StringComparison.Ordinal));
    }

    private string Tokens(string ids) => _folder.Write("tokens", ids);
}
