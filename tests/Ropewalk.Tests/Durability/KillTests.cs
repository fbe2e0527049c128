using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Xunit.Abstractions;

namespace Ropewalk.Tests.Durability;

/// <summary>Real jobs that are killed at random moments end with the bytes of one that was left alone.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class KillTests(TinyModel tiny, ITestOutputHelper log) : IClassFixture<TinyModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void An_extension() => new KillDriver(
        ["extend"],
        [Command.Model, "--to", "512", "--text", Command.Stories, "--population", "12", "--iterations", "4", "--windows", "2", "--heldout-windows", "3", "--window-stride", "32", "--max-short-loss", "50%"])
    {
        DefaultKills = 5,
        WithTimes = ["report.html"],
    }.Run(_folder, log);

    // Each tuning has more steps than lie between two training checkpoints.
    [Fact]
    public void A_progressive_extension() => new KillDriver(
        ["extend"],
        [tiny.Model, "--progressive", "2x,4x", "--then", "8x", "--tune-tokens", "8k,14k", "--tokens-of-step", "128", "--text", tiny.Text, "--heldout", tiny.Heldout, "--population", "8", "--iterations", "2", "--windows", "2", "--heldout-windows", "2", "--max-short-loss", "1000%"]).Run(_folder, log);

    [Fact]
    public void A_study_of_bases() => new KillDriver(
        ["study", "base"],
        [tiny.Model, "--bases", "50,10000", "--tokens", "4k", "--tokens-of-step", "64", "--text", tiny.Text, "--heldout", tiny.Heldout, "--heldout-windows", "2", "--longest", "256"]).Run(_folder, log);

    [Fact]
    public void A_study_of_tuning() => new KillDriver(
        ["study", "tuning"],
        [tiny.Model, "--to", "2x,4x", "--tokens", "0,7k", "--control", "--lora", "2", "--original-share", "0.3", "--tokens-of-step", "128", "--text", tiny.Text, "--heldout", tiny.Heldout, "--heldout-windows", "2"]).Run(_folder, log);
}
