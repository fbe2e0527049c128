using Ropewalk.Lab.Data;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>A model of 33 thousand parameters with a window of 64 bytes, and texts to tune it on: trained in about a second when the first test asks.</summary>
public sealed class TinyModel : IDisposable
{
    /// <summary>L.</summary>
    public const int Window = 64;

    private readonly TemporaryFolder _folder = new();
    private string? _model;

    /// <summary>Its folder.</summary>
    public string Model => _model ??= Train();

    /// <summary>A text to search and tune on.</summary>
    public string Text => Write("text.txt", 11, 40_000);

    /// <summary>Another one to measure on.</summary>
    public string Heldout => Write("heldout.txt", 12, 5_000);

    /// <summary>Mean loss that the perplexity command finds on the beginning of the held-out text: what a job must have recorded of its first window.</summary>
    /// <param name="model">A checkpoint.</param>
    /// <param name="length">Tokens, which are bytes.</param>
    /// <param name="more">Further options.</param>
    public double Nll(string model, int length, params string[] more)
    {
        var text = File.ReadAllText(Heldout)[..length];
        Assert.Equal(length, System.Text.Encoding.UTF8.GetByteCount(text));
        return Command.Result(["perplexity", model, "--text", _folder.Write($"first-{length}.txt", text), "--context", $"{length}", .. more]).GetProperty("nll").GetDouble();
    }

    public void Dispose() => _folder.Dispose();

    private string Train()
    {
        var run = Command.Run(
            "train", Text, "--out", _folder.PathOf("trained"), "--width", "32", "--layers", "2", "--heads", "2", "--window", $"{Window}", "--steps", "40", "--batch", "4", "--learning-rate", "5e-3", "--threads", "1");
        Assert.True(run.Code == 0, run.Error);
        return _folder.PathOf("trained/model");
    }

    private string Write(string name, ulong seed, int characters)
    {
        var path = _folder.PathOf(name);
        return File.Exists(path) ? path : _folder.Write(name, StoryGenerator.Documents(seed, 1, characters).First().Text);
    }
}
