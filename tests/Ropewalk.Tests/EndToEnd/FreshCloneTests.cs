using System.Text.Json;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>The first command of the README, made small: no model, no text, no folder named, and nothing beside the clone.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class FreshCloneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Extend_alone_uses_what_lies_beside_the_program()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var child = Command.Start("exec \"$@\"", _folder.Root, "extend", "--population", "4", "--iterations", "0", "--windows", "1", "--heldout-windows", "2", "--to", "1024", "--passkey", "1");
        var run = Command.Finish(child);
        Assert.True(run.Code is 0 or 1, $"exit code {run.Code}: {run.Error}");
        Assert.Contains("no MODEL given: extending the embedded model prose3m on generated stories", run.Error, StringComparison.Ordinal);
        Assert.Contains("verdict: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("out", "extend-1", "report.html"), run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", run.Output + run.Error, StringComparison.Ordinal);
        var output = _folder.PathOf(Path.Combine("out", "extend-1"));
        Assert.True(File.Exists(Path.Combine(output, "report.html")));
        Assert.Equal(run.Code == 0, File.Exists(Path.Combine(output, "config.json")));
        var result = JsonElement.Parse(File.ReadAllText(Path.Combine(output, "ropewalk", "result.json")));
        Assert.Equal("prose3m", result.GetProperty("model").GetString());
        Assert.Equal(2, result.GetProperty("heldout_windows").GetInt32());
        Assert.Equal([512, 1024], result.GetProperty("passkeys").EnumerateArray().Select(p => p.GetProperty("length").GetInt32()));

        // Five depths of one trial each: inside its window the model finds most.
        Assert.InRange(result.GetProperty("passkeys")[0].GetProperty("before").GetProperty("correct").GetInt32(), 3, 5);
        Assert.Contains("Pass keys found", run.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(_folder.PathOf("out")));
    }

    [Fact]
    public void A_dry_run_alone_names_its_budget_and_leaves_nothing()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var child = Command.Start("exec \"$@\"", _folder.Root, "extend", "--dry-run");
        var run = Command.Finish(child);
        Assert.Equal(0, run.Code);
        Assert.Contains("512 to 4,096 tokens", run.Error, StringComparison.Ordinal);
        Assert.Contains("of a budget of 3 min", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.Entries());
    }

    [Fact]
    public void Search_writes_factors_that_the_other_commands_read()
    {
        var factors = _folder.PathOf("factors.json");
        var result = Command.Result("search", Command.Embedded, "--to", "512", "--algorithm", "evolution", "--population", "4", "--iterations", "1", "--windows", "1", "--heldout-windows", "2", "--target", "ropewalk", "--seed", "5", "--out", factors);
        foreach (var key in new[] { "rescale_factors", "start_tokens", "attention_factor", "search_perplexity", "heldout_perplexity", "baselines", "evaluations", "tokens_evaluated", "seconds", "out" })
        {
            Assert.True(result.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null, key);
        }

        Assert.Equal(6, result.GetProperty("evaluations").GetInt32());
        Assert.Equal(["linear seed", "ntk seed", "yarn seed"], result.GetProperty("baselines").EnumerateArray().Select(b => b.GetProperty("method").GetString()!));
        var best = result.GetProperty("baselines").EnumerateArray().Min(b => b.GetProperty("search_perplexity").GetDouble());
        Assert.True(result.GetProperty("search_perplexity").GetDouble() <= best);
        var entry = JsonElement.Parse(File.ReadAllText(factors)).GetProperty("entries")[0];
        Assert.True(JsonElement.DeepEquals(result.GetProperty("rescale_factors"), entry.GetProperty("rescale_factors")));
        Assert.Equal(result.GetProperty("start_tokens").GetInt32(), entry.GetProperty("start_tokens").GetInt32());
        Assert.Equal(512, entry.GetProperty("maximum_length").GetInt32());
        Assert.Equal(["factors.json", "factors.run"], _folder.Entries().Where(e => !e.Contains('/', StringComparison.Ordinal)));

        var inspected = Command.Result("inspect", Command.Embedded, "--scaling", $"longrope:{factors}", "--length", "512");
        Assert.Equal(result.GetProperty("attention_factor").GetDouble(), inspected.GetProperty("attention_factor").GetDouble());
        Assert.Equal(result.GetProperty("start_tokens").GetInt32(), inspected.GetProperty("start_tokens").GetInt32());
    }

    [Fact]
    public void Perplexity_is_one_mean_over_all_scored_tokens()
    {
        var text = _folder.Write("text.txt", string.Concat(Enumerable.Repeat("The rope lay on the walk and the sea lay still. ", 30)));
        var result = Command.Result("perplexity", Command.Embedded, "--text", text, "--context", "128");
        Assert.Equal(11, result.GetProperty("windows").GetInt32());
        Assert.Equal(11 * 127, result.GetProperty("tokens").GetInt32());
        var nll = result.GetProperty("nll").GetDouble();
        Assert.Equal(Math.Exp(nll), result.GetProperty("perplexity").GetDouble(), 1e-9);

        // A token of this model is a byte.
        Assert.Equal(nll / Math.Log(2), result.GetProperty("bits_per_byte").GetDouble(), 1e-9);
        Assert.InRange(result.GetProperty("perplexity").GetDouble(), result.GetProperty("ci95")[0].GetDouble(), result.GetProperty("ci95")[1].GetDouble());
        var positions = result.GetProperty("by_position").EnumerateArray().ToList();
        Assert.Equal(128, positions[^1].GetProperty("end").GetInt32());
        Assert.All(positions, p => Assert.True(p.GetProperty("perplexity").GetDouble() >= 1));
        Assert.Contains("each token after a window's first scored once", result.GetProperty("protocol").GetString(), StringComparison.Ordinal);
        Assert.Equal(result.GetProperty("nll").GetDouble(), Command.Result("perplexity", Command.Embedded, "--text", text, "--context", "128", "--threads", "1").GetProperty("nll").GetDouble());
    }
}
