using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>compare on small real models: against a float64 pass that is not ours, against the command perplexity, and what it leaves.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class CompareTests(SmallComparison comparison) : IClassFixture<SmallComparison>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("llama2xs", "none,linear,ntk,yarn")]
    [InlineData("stories260K", "none")]
    public void Losses_agree_with_the_float64_pass(string model, string methods)
    {
        // The golden text is the beginning of the sample: the first held-out window.
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "model_nll.json")));
        var result = Command.Result(
            "compare", SharedData.Path("data", "models", model), "--to", "1024", "--heldout", Command.Stories, "--heldout-windows", "1", "--methods", methods, "--out", _folder.PathOf("out"));
        foreach (var method in methods.Split(','))
        {
            var expected = golden.RootElement.GetProperty("cases").EnumerateArray().Single(c =>
                c.GetProperty("model").GetString() == model && c.GetProperty("length").GetInt32() == 1024 && c.GetProperty("scaling").GetString() == (method == "none" ? method : method + ":4"));
            Assert.Equal(expected.GetProperty("mean_nll").GetDouble(), Row(result, 1024, method).GetProperty("nll").GetDouble(), 1e-4);
        }
    }

    [SharedFact]
    public void Every_method_measures_as_the_command_perplexity_does()
    {
        var methods = 0;
        foreach (var row in Length(comparison.Result, 512).GetProperty("methods").EnumerateArray().Where(r => Name(r) != "window"))
        {
            // A method is named as --scaling takes it, as --plan does, or both with a comma between them.
            var spec = row.GetProperty("spec").GetString()!;
            string[] options = spec.Split(", ") is [var scaling, var plan] ? ["--scaling", scaling, "--plan", plan]
                : spec.StartsWith("self-extend", StringComparison.Ordinal) || spec.StartsWith("dual-chunk", StringComparison.Ordinal) ? ["--plan", spec]
                : ["--scaling", spec];
            var alone = Command.Result(["perplexity", Command.Model, "--text", Command.Stories, "--context", "512", "--windows", "36", .. options]);
            foreach (var field in new[] { "nll", "perplexity", "bits_per_byte" })
            {
                Assert.Equal(alone.GetProperty(field).GetDouble(), row.GetProperty(field).GetDouble(), 1e-12);
            }

            Assert.Equal(alone.GetProperty("ci95").EnumerateArray().Select(v => v.GetDouble()), row.GetProperty("ci95").EnumerateArray().Select(v => v.GetDouble()));
            var positions = Positions(comparison.Result, Name(row)).ToList();
            foreach (var (expected, found) in alone.GetProperty("by_position").EnumerateArray().Zip(positions))
            {
                Assert.Equal(expected.GetProperty("end").GetInt32(), found.GetProperty("end").GetInt32());
                Assert.Equal(expected.GetProperty("perplexity").GetDouble(), found.GetProperty("perplexity").GetDouble(), 1e-6);
            }

            methods++;
        }

        Assert.Equal(6, methods);
    }

    [SharedFact]
    public void The_untouched_model_and_its_sliding_window_are_always_there()
    {
        var atOld = Length(comparison.Result, 256);
        // At the old window those methods are left out that would be the model as it is; a spec is what it is at every length.
        Assert.Equal(["dual-chunk:chunk=128,local=16", "none", "window", "yarn:2+log-n"], atOld.GetProperty("methods").EnumerateArray().Select(Name).Order(StringComparer.Ordinal));
        Assert.Equal(Row(comparison.Result, 256, "none").GetProperty("nll").GetDouble(), Row(comparison.Result, 256, "window").GetProperty("nll").GetDouble());
        Assert.Equal(72, atOld.GetProperty("windows").GetInt32());

        // Sliding one token at a time is the command perplexity over the last 256 tokens; here in runs of 64, so between 193 and 256.
        var window = Row(comparison.Result, 512, "window").GetProperty("nll").GetDouble();
        Assert.InRange(window, Row(comparison.Result, 256, "none").GetProperty("nll").GetDouble() - 0.3, Row(comparison.Result, 512, "none").GetProperty("nll").GetDouble());
    }

    [SharedFact]
    public void The_curve_by_position_shows_where_the_model_breaks()
    {
        var none = comparison.Result.GetProperty("by_position").EnumerateArray().Single(c => Name(c) == "none");
        Assert.InRange(none.GetProperty("worse_than_window_from").GetInt32(), 225, 321);
        Assert.All(Positions(comparison.Result, "none").Take(7), p => Assert.Equal(0, p.GetProperty("nats_above_window").GetDouble()));
        var positions = Positions(comparison.Result, "window").ToList();
        Assert.Equal(16, positions.Count);
        Assert.Equal(2, positions[0].GetProperty("from").GetInt32());
        Assert.Equal(512, positions[^1].GetProperty("end").GetInt32());
        Assert.All(positions.Zip(positions.Skip(1)), p => Assert.Equal(p.First.GetProperty("end").GetInt32() + 1, p.Second.GetProperty("from").GetInt32()));

        // Weighted by their tokens the stretches are the whole.
        var whole = positions.Sum(p => (p.GetProperty("end").GetInt32() - p.GetProperty("from").GetInt32() + 1) * Math.Log(p.GetProperty("perplexity").GetDouble())) / 511;
        Assert.Equal(Row(comparison.Result, 512, "window").GetProperty("nll").GetDouble(), whole, 1e-9);
    }

    [SharedFact]
    public void The_best_is_marked_and_differences_are_paired()
    {
        foreach (var length in comparison.Result.GetProperty("lengths").EnumerateArray())
        {
            var rows = length.GetProperty("methods").EnumerateArray().ToList();
            Assert.Equal("best", rows[0].GetProperty("standing").GetString());
            Assert.Single(rows, r => r.GetProperty("standing").GetString() == "best");
            Assert.Equal(rows.Select(r => r.GetProperty("nll").GetDouble()).Order(), rows.Select(r => r.GetProperty("nll").GetDouble()));
            foreach (var row in rows)
            {
                Assert.Equal(row.GetProperty("nll").GetDouble() - rows[0].GetProperty("nll").GetDouble(), row.GetProperty("nats_above_best").GetDouble(), 1e-12);
                Assert.Equal(row.GetProperty("standing").GetString() == "worse", row.GetProperty("nats_above_best_ci95")[0].GetDouble() > 0);
            }
        }

        Assert.Contains(comparison.Result.GetProperty("best").GetString()!, comparison.Result.GetProperty("verdict").GetString(), StringComparison.Ordinal);
    }

    [SharedFact]
    public void Result_and_report_hold_what_is_printed()
    {
        var recorded = JsonElement.Parse(File.ReadAllText(Path.Combine(comparison.Out, "ropewalk", "result.json")));
        Assert.All(recorded.EnumerateObject(), p => Assert.True(JsonElement.DeepEquals(p.Value, comparison.Result.GetProperty(p.Name)), p.Name));
        Assert.True(comparison.Result.GetProperty("seconds_by_method").GetProperty("window").GetDouble() > 0);

        // Well-formed, without a script, with both charts and a row for each method and length.
        var page = XDocument.Parse(File.ReadAllText(Path.Combine(comparison.Out, "report.html")).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        Assert.Equal(2, page.Descendants().Count(e => e.Name.LocalName == "svg"));
        var text = page.ToString();
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Perplexity by position", text, StringComparison.Ordinal);
        var none = Row(comparison.Result, 512, "none").GetProperty("perplexity").GetDouble().ToString("N3", CultureInfo.InvariantCulture);
        Assert.Contains($"<td>{none}</td>", text, StringComparison.Ordinal);
        var cells = comparison.Result.GetProperty("lengths").EnumerateArray().Sum(l => l.GetProperty("methods").GetArrayLength());
        Assert.Equal(cells, page.Descendants().Where(e => e.Name.LocalName == "table").First(t => t.ToString().Contains("Bits/byte", StringComparison.Ordinal)).Descendants().Count(e => e.Name.LocalName == "tr") - 1);
    }

    [SharedFact]
    public void Results_are_written_as_the_evaluation_harness_does()
    {
        _ = comparison.Result;
        var file = JsonElement.Parse(File.ReadAllText(comparison.LmEval));

        // The keys of a file that lm-evaluation-harness 0.4.12 wrote.
        foreach (var key in new[] { "results", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "git_hash", "date", "task_hashes", "model_name", "start_time", "end_time", "total_evaluation_time_seconds" })
        {
            Assert.True(file.TryGetProperty(key, out _), key);
        }

        var cells = comparison.Result.GetProperty("lengths").EnumerateArray().Sum(l => l.GetProperty("methods").GetArrayLength());
        Assert.Equal(cells, file.GetProperty("results").EnumerateObject().Count());
        var yarn = file.GetProperty("results").GetProperty("perplexity_yarn_512");
        var row = Row(comparison.Result, 512, "yarn");
        Assert.Equal("yarn at 512", yarn.GetProperty("alias").GetString());
        Assert.Equal(row.GetProperty("perplexity").GetDouble(), yarn.GetProperty("perplexity,none").GetDouble());
        Assert.Equal(row.GetProperty("bits_per_byte").GetDouble(), yarn.GetProperty("bits_per_byte,none").GetDouble());
        Assert.Equal(Math.Pow(2, row.GetProperty("bits_per_byte").GetDouble()), yarn.GetProperty("byte_perplexity,none").GetDouble(), 1e-9);

        // Twice the standard error is about the interval's half.
        var half = (row.GetProperty("ci95")[1].GetDouble() - row.GetProperty("ci95")[0].GetDouble()) / 2;
        Assert.InRange(yarn.GetProperty("perplexity_stderr,none").GetDouble() * 1.96 / half, 0.85, 1.15);
        Assert.Equal(36, file.GetProperty("n-samples").GetProperty("perplexity_yarn_512").GetProperty("effective").GetInt32());
        Assert.False(file.GetProperty("higher_is_better").GetProperty("perplexity_yarn_512").GetProperty("perplexity").GetBoolean());
    }

    [Fact]
    public void The_default_model_and_generated_stories_are_compared_in_a_table()
    {
        var output = _folder.PathOf("out");
        var run = Command.Run("compare", "--to", "1024", "--methods", "yarn,sinks", "--heldout-windows", "3", "--by-position", "--out", output);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("no MODEL given", run.Error, StringComparison.Ordinal);
        Assert.Contains("3 methods and the sliding window (stride ", run.Error, StringComparison.Ordinal);
        Assert.Contains("on 3 held-out windows; about ", run.Error, StringComparison.Ordinal);
        foreach (var method in new[] { "none", "yarn", "sinks", "window" })
        {
            Assert.Equal(2, run.Output.Split('\n').Count(l => l.TrimStart().StartsWith(method + " ", StringComparison.Ordinal) && !l.Contains(':', StringComparison.Ordinal)));
        }

        Assert.Contains("▁", run.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: ", run.Output, StringComparison.Ordinal);
        Assert.Equal(["out", "out/report.html", "out/ropewalk", "out/ropewalk/journal.jsonl", "out/ropewalk/lock", "out/ropewalk/result.json", "out/ropewalk/run.json", "out/ropewalk/telemetry.jsonl"], _folder.Entries());
    }

    [Fact]
    public void A_budget_takes_windows_away_and_says_so_or_refuses()
    {
        var tight = Command.Run("compare", "--to", "2048", "--methods", "yarn", "--budget", "0.001s", "--out", _folder.PathOf("never"));
        Assert.Equal(2, tight.Code);
        var complaint = Assert.Single(tight.Complaints);
        Assert.Contains("--budget: found 1 s, expected at least ", complaint, StringComparison.Ordinal);
        Assert.Contains("on 4 held-out windows", complaint, StringComparison.Ordinal);
        Assert.Empty(_folder.Entries());

        // A minute is far more than four windows take and far less than 4,000, on slow machines and on fast ones.
        var run = Command.Run("compare", "--to", "1024", "--methods", "none", "--heldout-windows", "4000", "--budget", "1m", "--dry-run", "--json", "--out", _folder.PathOf("never"));
        Assert.True(run.Code == 0, run.Error);
        Assert.InRange(run.Json.GetProperty("heldout_windows").GetInt32(), 4, 3999);
        Assert.InRange(run.Json.GetProperty("seconds").GetDouble(), 0, 60);
        Assert.Contains("of 4000 held-out windows", run.Json.GetProperty("shrunk").GetString(), StringComparison.Ordinal);
        Assert.Contains("of 4000 held-out windows, because all would take about", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.Entries());
    }

    [SharedFact]
    public void Any_number_of_threads_gives_the_same_bytes()
    {
        _ = comparison.Result;
        var output = _folder.PathOf("one");
        Command.Result(SmallComparison.Arguments(output, "--threads", "1"));
        Assert.Equal(SmallComparison.Record(comparison.Out, "result.json"), SmallComparison.Record(output, "result.json"));
        Assert.Equal(SmallComparison.Record(comparison.Out, "journal.jsonl"), SmallComparison.Record(output, "journal.jsonl"));
    }

    private static string Name(JsonElement element) => element.GetProperty("method").GetString()!;

    private static JsonElement Length(JsonElement result, int length) =>
        result.GetProperty("lengths").EnumerateArray().Single(l => l.GetProperty("length").GetInt32() == length);

    private static JsonElement Row(JsonElement result, int length, string method) =>
        Length(result, length).GetProperty("methods").EnumerateArray().Single(m => Name(m) == method);

    private static IEnumerable<JsonElement> Positions(JsonElement result, string method) =>
        result.GetProperty("by_position").EnumerateArray().Single(c => Name(c) == method).GetProperty("points").EnumerateArray();
}
