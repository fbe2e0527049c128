using System.Text.Json;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>What --algorithm, --objective and the bounds of the attention factor do to a real model.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class SearchChoicesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void The_default_beats_the_paper_s_seeds_and_does_not_depend_on_threads()
    {
        var one = Search("one", "--threads", "1");
        var two = Search("two", "--threads", "2");
        Assert.Equal("auto", one.GetProperty("algorithm").GetString());
        Assert.Equal(File.ReadAllText(_folder.PathOf("one.json")), File.ReadAllText(_folder.PathOf("two.json")));
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("one.run/journal")), File.ReadAllBytes(_folder.PathOf("two.run/journal")));
        var seeds = Search("seeds", "--algorithm", "evolution", "--population", "4", "--iterations", "0");
        Assert.True(Perplexity(two) < Perplexity(seeds), $"auto {Perplexity(two)}, seeds {Perplexity(seeds)}");
    }

    [SharedFact]
    public void Objectives_judge_other_tokens()
    {
        var values = new[] { "perplexity", "tail", "needle", "mix" }
            .Select(o => Perplexity(Search(o, "--algorithm", "evolution", "--population", "4", "--iterations", "0", "--objective", o))).ToArray();
        Assert.Equal(4, values.Distinct().Count());
        Assert.All(values, v => Assert.InRange(v, 1, 1e6));
    }

    [SharedFact]
    public void A_mix_weighs_the_short_windows_as_it_says()
    {
        // Of one point, linear interpolation: a line in the share, from whole windows to short ones.
        double[] losses = [.. new[] { "perplexity", "mix:0.25", "mix", "mix:0.75" }
            .Select(o => Search(o.Replace(':', '-'), "--algorithm", "evolution", "--population", "4", "--iterations", "0", "--objective", o))
            .Select(r => Math.Log(r.GetProperty("baselines")[0].GetProperty("search_perplexity").GetDouble()))];
        Assert.Equal((losses[1] + losses[3]) / 2, losses[2], 1e-9);
        Assert.Equal((losses[0] + losses[2]) / 2, losses[1], 1e-9);
        Assert.NotEqual(losses[0], losses[1], 1e-3);
        var refused = Command.Run("search", Command.Model, "--to", "512", "--text", Command.Stories, "--objective", "mix:1", "--out", _folder.PathOf("x.json"));
        Assert.Equal(2, refused.Code);
        Assert.Contains("--objective: found \"mix:1\", expected one of perplexity, tail, needle, mix, or mix:SHARE", refused.Error, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_given_attention_factor_is_not_searched()
    {
        Assert.Equal(1.0625, Search("given", "--attention-factor", "1.0625").GetProperty("attention_factor").GetDouble());
        Assert.Equal(Math.Sqrt(1 + (Math.Log(2) / Math.Log(256))), Search("fixed", "--fixed-temperature").GetProperty("attention_factor").GetDouble(), 1e-12);
    }

    [SharedFact]
    public void The_start_token_study_has_both_tables()
    {
        var study = Command.Result("study", "start-tokens", Command.Model, "--to", "512", "--text", Command.Stories, "--population", "4", "--iterations", "1", "--windows", "1", "--heldout-windows", "2");
        var sweep = study.GetProperty("sweep").EnumerateArray().ToList();
        Assert.Equal(28, sweep.Count);
        Assert.Equal([0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256], sweep.Take(14).Select(r => r.GetProperty("start_tokens").GetInt32()));
        Assert.Equal(["factors alone", "factors with start tokens", "linear"], study.GetProperty("searched").EnumerateArray().Select(r => r.GetProperty("method").GetString()!));

        // Without start tokens the first row is the published method, which another command measures too.
        var linear = Command.Result("search", Command.Model, "--to", "512", "--text", Command.Stories, "--windows", "1", "--heldout-windows", "2", "--algorithm", "evolution", "--population", "4", "--iterations", "0", "--attention-factor", "1", "--out", _folder.PathOf("linear.json"));
        Assert.Equal(linear.GetProperty("baselines")[0].GetProperty("search_perplexity").GetDouble(), sweep[0].GetProperty("search_perplexity").GetDouble(), 1e-9);
    }

    private static double Perplexity(JsonElement result) => result.GetProperty("search_perplexity").GetDouble();

    private JsonElement Search(string name, params string[] more)
    {
        string[] arguments = ["search", Command.Model, "--to", "512", "--text", Command.Stories, "--windows", "2", "--heldout-windows", "2", "--out", _folder.PathOf(name + ".json"), .. more];
        return Command.Result(more.Contains("--population") ? arguments : [.. arguments, "--population", "8", "--iterations", "2"]);
    }
}
