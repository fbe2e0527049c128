using System.Text.Json;
using System.Xml.Linq;
using Ropewalk.Lab.Studies;
using Ropewalk.Lab.Training;
using Ropewalk.Tests.Durability;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>The studies that tune, on a tiny model.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class StudyTests(TinyModel tiny) : IClassFixture<TinyModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tuning_is_measured_beside_the_window_on_the_same_tokens()
    {
        var result = Command.Result(
            "study", "tuning", tiny.Model, "--to", "2x,256", "--tokens", "8k,0", "--text", tiny.Text, "--heldout", tiny.Heldout, "--heldout-windows", "1", "--tokens-of-step", "1024", "--control", "--learning-rate", "2e-3", "--out", _folder.PathOf("out"));
        var windows = result.GetProperty("windows").EnumerateArray().ToList();
        Assert.Equal([128, 256], windows.Select(w => w.GetProperty("length").GetInt32()));
        foreach (var window in windows)
        {
            // All windows of all lengths hold the same text, so as many tokens are scored but for each window's first.
            var tokens = window.GetProperty("window").GetProperty("tokens").GetInt64();
            Assert.Equal(256 - (256 / window.GetProperty("length").GetInt32()), tokens);
            foreach (var row in window.GetProperty("rows").EnumerateArray())
            {
                var extended = row.GetProperty("extended");
                Assert.Equal(tokens, extended.GetProperty("tokens").GetInt64());
                Assert.Equal(extended.GetProperty("nll").GetDouble() - window.GetProperty("window").GetProperty("nll").GetDouble(), row.GetProperty("nats_against_window").GetDouble(), 1e-6);
                Assert.Equal(extended.GetProperty("nll").GetDouble() - row.GetProperty("control").GetProperty("nll").GetDouble(), row.GetProperty("nats_against_control").GetDouble(), 1e-6);
            }
        }

        // Before any tuning and after it, as another command measures it.
        var rows = windows[1].GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal([0L, 8000L], rows.Select(r => r.GetProperty("tokens").GetInt64()));
        Assert.Equal(tiny.Nll(tiny.Model, 256, "--scaling", "yarn:4"), rows[0].GetProperty("extended").GetProperty("nll").GetDouble(), 1e-6);
        Assert.Equal(tiny.Nll(_folder.PathOf("out/tuned/256-8000/model"), 256), rows[1].GetProperty("extended").GetProperty("nll").GetDouble(), 1e-6);
        Assert.NotEqual(rows[0].GetProperty("extended").GetProperty("nll").GetDouble(), rows[1].GetProperty("extended").GetProperty("nll").GetDouble());
        Assert.Equal("yarn:4", rows[0].GetProperty("extended").GetProperty("spec").GetString());
        var config = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/tuned/256-8000/model/config.json")));
        Assert.Equal(4, config.GetProperty("rope_scaling").GetProperty("factor").GetDouble());
        RequireFigure("out/tuning.svg", "256, extended");
    }

    [Fact]
    public void A_stopped_study_of_tuning_ends_with_the_same_bytes()
    {
        int Run(string name, int every) => StoppingReporter.RunWithStops(every, (isContinued, reporter, stop) =>
        {
            var options = new TuningStudyOptions
            {
                Model = tiny.Model,
                Out = _folder.PathOf(name),
                Texts = [tiny.Text],
                Heldout = [tiny.Heldout],
                Lengths = [128, 256],
                Tokens = [0, 2000, 4000],
                HeldoutWindows = 2,
                Control = true,
                Tuning = new TuningChoices { TokensOfStep = 512, AdapterRank = 2, OriginalShare = 0.3 },
            };
            (isContinued ? TuningStudyJob.Resume(_folder.PathOf(name + "/ropewalk"), reporter, TimeProvider.System, stop) : new TuningStudyJob(options, reporter, TimeProvider.System, stop)).Run();
        });
        Run("whole", 0);
        Assert.True(Run("stopped", 2) > 2);
        RecordedRun.RequireSame(_folder.PathOf("whole"), _folder.PathOf("stopped"));
        foreach (var name in (string[])["tuning.svg", "tuned/256-4000/model/model.safetensors", "tuned/64-2000/model/model.safetensors"])
        {
            Assert.Equal(File.ReadAllBytes(_folder.PathOf("whole/" + name)), File.ReadAllBytes(_folder.PathOf("stopped/" + name)));
        }
    }

    [Fact]
    public void Bases_are_tuned_and_measured_beside_their_limits()
    {
        string[] arguments = ["study", "base", tiny.Model, "--bases", "30000,50,10000", "--tokens", "3k", "--text", tiny.Text, "--heldout", tiny.Heldout, "--heldout-windows", "1", "--longest", "256", "--tokens-of-step", "1024", "--out", _folder.PathOf("out")];
        var result = Command.Result(arguments);
        var bases = result.GetProperty("bases").EnumerateArray().ToList();
        Assert.Equal([50.0, 10000, 30000], bases.Select(b => b.GetProperty("base").GetDouble()));
        Assert.Equal(["below", "critical", "above"], bases.Select(b => b.GetProperty("side").GetString()));
        Assert.All(bases, b => Assert.Equal([64, 128, 256], b.GetProperty("by_length").EnumerateArray().Select(l => l.GetProperty("length").GetInt32())));
        var config = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/tuned/base-50/model/config.json")));
        Assert.Equal(50, config.GetProperty("rope_theta").GetDouble());
        RequireFigure("out/base.svg", "base 30,000");

        // The tuned checkpoint alone says the base: measured by another command.
        Assert.Equal(tiny.Nll(_folder.PathOf("out/tuned/base-50/model"), 256), bases[0].GetProperty("by_length")[2].GetProperty("nll").GetDouble(), 1e-6);

        var finished = Command.Run("study", "base", "--resume", _folder.PathOf("out"), "--json");
        Assert.Equal(0, finished.Code);
        Assert.Equal(File.ReadAllText(_folder.PathOf("out/ropewalk/result.json")), finished.Output);
    }

    [Theory]
    [InlineData("--bases", "base", "--bases", "1")]
    [InlineData("--bases", "base", "--bases", "10000,0.5")]
    [InlineData("--bases", "base", "--bases", "-5")]
    [InlineData("--bases", "base", "--bases", "1e400")]
    [InlineData("--bases", "base", "--bases", "10000,")]
    [InlineData("--heldout", "base", "--longest", "6000")]
    [InlineData("--scaling base:1: base", "tuning", "--scaling", "base:1")]
    [InlineData("--scaling base:0.5: base", "tuning", "--scaling", "base:0.5")]
    [InlineData("--heldout", "tuning", "--to", "6000")]
    [InlineData("--to", "tuning", "--to", "1x")]
    [InlineData("--longest", "base", "--longest", "100")]
    [InlineData("--tune-length", "base", "--tune-length", "32")]
    [InlineData("--text", "base", "--longest", "100000")]
    [InlineData("--to", "tuning", "--to", "4x,2x")]
    [InlineData("--to", "tuning", "--to", "fast")]
    [InlineData("--tokens", "tuning", "--tokens", "many")]
    [InlineData("--text", "tuning", "--to", "1000x")]
    [InlineData("--window-stride", "tuning", "--window-stride", "65")]
    [InlineData("--learning-rate", "tuning", "--learning-rate", "0")]
    public void What_cannot_be_is_one_line_and_nothing_written(string named, string study, params string[] arguments)
    {
        var run = Command.Run(["study", study, tiny.Model, .. arguments, "--text", tiny.Text, "--heldout", tiny.Heldout, "--out", _folder.PathOf("bad")]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith($"ropewalk: {named}: found ", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(Path.Exists(_folder.PathOf("bad")));
    }

    private void RequireFigure(string name, string label)
    {
        var root = XDocument.Load(_folder.PathOf(name)).Root!;
        Assert.Equal(XName.Get("svg", "http://www.w3.org/2000/svg"), root.Name);
        Assert.Contains(root.Descendants(), e => e.Name.LocalName == "text" && e.Value == label);
        Assert.Contains(root.Descendants(), e => e.Name.LocalName == "style" && e.Value.Contains(".line { fill: none;", StringComparison.Ordinal));
    }
}
