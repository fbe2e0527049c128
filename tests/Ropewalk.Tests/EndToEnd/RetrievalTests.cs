using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>passkey, needle and effective as a user runs them.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class RetrievalTests
{
    private static string Stories260K => SharedData.Path("data", "models", "stories260K");

    private static readonly Dictionary<string, (Func<TemporaryFolder, string[]> Arguments, string[] Fragments)> s_bad = new()
    {
        ["passkey longer than the window"] = (_ => ["passkey", Command.Embedded, "--lengths", "200"], ["--lengths", "found 200", "expected at least 257"]),
        ["needle longer than the window"] = (_ => ["needle", "--lengths", "20"], ["--lengths", "found 20", "expected at least"]),
        ["lengths no number"] = (_ => ["passkey", "--lengths", "256,x"], ["--lengths", "\"x\"", "256,512,1024"]),
        ["lengths 0"] = (_ => ["passkey", "--lengths", "0"], ["--lengths", "\"0\""]),
        ["lengths twice"] = (_ => ["passkey", "--lengths", "512,512"], ["--lengths", "512 twice"]),
        ["trials 0"] = (_ => ["passkey", "--trials", "0"], ["--trials", "found 0", "at least 1"]),
        ["depth above 1"] = (_ => ["passkey", "--depths", "0,1.5"], ["--depths", "\"1.5\"", "from 0", "to 1"]),
        ["depth below 0"] = (_ => ["needle", "--depths", "-0.1"], ["--depths", "\"-0.1\"", "from 0"]),
        ["depth above 100 %"] = (_ => ["needle", "--depths", "101%"], ["--depths", "\"101%\""]),
        ["depth not a number"] = (_ => ["effective", "--depths", "NaN"], ["--depths", "\"NaN\""]),
        ["candidates 1"] = (_ => ["passkey", "--candidates", "1"], ["--candidates", "found 1", "2 to 16"]),
        ["score"] = (_ => ["passkey", "--score", "best"], ["--score", "\"best\"", "greedy, choice or both"]),
        ["template"] = (_ => ["passkey", "--template", "mine"], ["--template", "\"mine\"", "longrope, landmark or story"]),
        ["haystack with a template that has one"] = (f => ["passkey", "--haystack", f.Write("h.txt", "Some text.")], ["--haystack", "--template story"]),
        ["haystack empty"] = (f => ["needle", "--haystack", f.Write("h.txt", "")], ["h.txt", "found an empty file", "expected text"]),
        ["haystack too short"] = (f => ["needle", "--haystack", f.Write("h.txt", "Too short. By far."), "--out", f.PathOf("out")], ["--haystack", "found a text of", "expected more"]),
        ["haystack missing"] = (f => ["needle", "--haystack", f.PathOf("none.txt")], ["none.txt", "--haystack", "found nothing there"]),
        ["plan with a group of 0"] = (_ => ["passkey", "--plan", "self-extend:group=0,window=64"], ["group", "0"]),
        ["plan with a window of 0"] = (_ => ["passkey", "--plan", "self-extend:group=4,window=0"], ["window", "0"]),
        ["plan wider than the model's window"] = (_ => ["effective", Command.Embedded, "--plan", "rerope:window=257"], ["window", "257", "256"]),
        ["out with other files"] = (f => ["passkey", "--out", Path.GetDirectoryName(f.Write("x.txt", "x"))!], ["--out", "with files in it"]),
        ["lm-eval in no folder"] = (f => ["passkey", "--lm-eval", f.PathOf("none/x.json")], ["--lm-eval", "which is no folder"]),
        ["effective to the window"] = (_ => ["effective", Command.Embedded, "--to", "256"], ["--to", "found 256", "more than the model's window"]),
        ["effective to no multiple"] = (_ => ["effective", Command.Embedded, "--to", "500"], ["--to", "found 500", "a multiple of 64", "448 or 512"]),
        ["effective with few windows"] = (_ => ["effective", "--windows", "7"], ["--windows", "found 7", "at least 8"]),
        ["effective with little text"] = (f => ["effective", Command.Embedded, "--text", f.Write("t.txt", new string('a', 5000))], ["--text", "found 4 windows of 1024", "at least 8"]),
        ["effective task"] = (_ => ["effective", "--task", "quiz"], ["--task", "\"quiz\"", "passkey or needle"]),
        ["effective share"] = (_ => ["effective", "--max-short-loss", "much"], ["--max-short-loss", "\"much\""]),
    };

    public static TheoryData<string> Bad => [.. s_bad.Keys];

    [Theory]
    [MemberData(nameof(Bad))]
    public void One_line_says_what_is_wrong(string name)
    {
        using var folder = new TemporaryFolder();
        var (arguments, fragments) = s_bad[name];
        var run = Command.Run(arguments(folder));
        Assert.Equal(2, run.Code);
        Assert.Equal("", run.Output);
        var line = Assert.Single(run.Complaints);
        Assert.All(fragments, f => Assert.Contains(f, line, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.PathOf("out")));
    }

    [Fact]
    public void A_stopped_grid_goes_on_and_ends_the_same()
    {
        using var folder = new TemporaryFolder();
        string[] Arguments(string output, params string[] more) => ["needle", "--lengths", "128,256", "--depths", "0,1", "--trials", "3", "--out", output, .. more];
        var whole = folder.PathOf("whole");
        Command.Result(Arguments(whole, "--threads", "2"));
        var journal = Path.Combine(whole, "ropewalk", "trials.jsonl");
        var expected = File.ReadAllText(journal);
        Assert.Equal(1 + 12, expected.Count(c => c == '\n'));

        // Stopped in the middle of writing the sixth trial.
        var lines = expected.Split('\n');
        var stopped = folder.PathOf("stopped");
        Directory.CreateDirectory(Path.Combine(stopped, "ropewalk"));
        var half = Path.Combine(stopped, "ropewalk", "trials.jsonl");
        File.WriteAllText(half, string.Join('\n', lines[..6]) + "\n" + lines[6][..20]);
        var resumed = Command.Result(Arguments(stopped, "--threads", "1"));
        Assert.Equal(expected, File.ReadAllText(half));
        Assert.Equal(5, resumed.GetProperty("trials_taken_over").GetInt32());

        // Nothing is left to do: the journal stays, the result is the same.
        var again = Command.Result(Arguments(stopped));
        Assert.Equal(12, again.GetProperty("trials_taken_over").GetInt32());
        Assert.Equal(resumed.GetProperty("judgements").GetRawText(), again.GetProperty("judgements").GetRawText());
        Assert.Equal(expected, File.ReadAllText(half));

        // While another process works on it nobody else does.
        using (RunLock.Take(new DiskFiles(), Path.Combine(stopped, "ropewalk")))
        {
            Assert.Contains("expected a run that no process works on", Assert.Single(Command.Run(Arguments(stopped)).Complaints), StringComparison.Ordinal);
            Assert.Equal(expected, File.ReadAllText(half));
        }

        // Another seed is another run; a damaged line is named.
        var other = Command.Run(Arguments(stopped, "--seed", "1"));
        Assert.Equal(2, other.Code);
        Assert.Contains("expected the same model, method, task and seed", Assert.Single(other.Complaints), StringComparison.Ordinal);
        File.WriteAllText(half, expected.Replace("\"trial\":", "\"trail\":", StringComparison.Ordinal));
        var damaged = Command.Run(Arguments(stopped));
        Assert.Equal(2, damaged.Code);
        Assert.Contains("line 2", Assert.Single(damaged.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void A_grid_is_a_heat_map_a_page_and_a_file_for_other_tools()
    {
        using var folder = new TemporaryFolder();
        var run = Command.Run("passkey", "--template", "story", "--lengths", "128,200", "--depths", "0,50%,1", "--trials", "4", "--out", folder.PathOf("out"), "--lm-eval", folder.PathOf("results.json"));
        Assert.Equal(0, run.Code);
        Assert.Contains("passkey by greedy decoding", run.Output, StringComparison.Ordinal);
        Assert.Contains("passkey by choice", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
        var page = XDocument.Parse(File.ReadAllText(folder.PathOf("out/report.html")).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        using var result = JsonDocument.Parse(File.ReadAllText(folder.PathOf("out/ropewalk/result.json")));
        using var harness = JsonDocument.Parse(File.ReadAllText(folder.PathOf("results.json")));
        var judgements = result.RootElement.GetProperty("judgements").EnumerateArray().ToArray();
        Assert.Equal(["greedy", "choice"], judgements.Select(j => j.GetProperty("by").GetString()));
        Assert.Equal(2, page.Descendants("h2").Count(h => h.Value.StartsWith("By ", StringComparison.Ordinal)));
        foreach (var length in judgements[1].GetProperty("lengths").EnumerateArray())
        {
            var tokens = length.GetProperty("length").GetInt32();
            var share = length.GetProperty("all").GetProperty("share").GetDouble();
            Assert.Equal(12, length.GetProperty("all").GetProperty("trials").GetInt32());
            Assert.Equal(share, harness.RootElement.GetProperty("results").GetProperty(string.Create(CultureInfo.InvariantCulture, $"ropewalk_passkey_{tokens}")).GetProperty("acc,none").GetDouble());
            var digits = $"{100 * share:0} %";
            Assert.Contains(page.Descendants("td"), td => td.Value == digits && ((string?)td.Attribute("class"))?.StartsWith('h') == true);
        }

        // The key and the choice of a trial are told, and agree with the judgement.
        foreach (var trial in result.RootElement.GetProperty("trials").EnumerateArray())
        {
            Assert.InRange(trial.GetProperty("prompt_tokens").GetInt32(), 100, trial.GetProperty("length").GetInt32() - 10);
            Assert.Equal(trial.GetProperty("is_chosen").GetBoolean(), trial.GetProperty("chosen").GetString() == trial.GetProperty("answer").GetString());
            Assert.Equal(trial.GetProperty("is_chosen").GetBoolean(), trial.GetProperty("margin").GetDouble() > 0);
        }
    }

    [SharedFact]
    public void A_model_that_can_find_needles_finds_more_than_chance()
    {
        var result = Command.Result("needle", Stories260K, "--lengths", "128", "--score", "choice", "--trials", "60");
        var all = result.GetProperty("judgements")[0].GetProperty("lengths")[0].GetProperty("all");
        Assert.True(all.GetProperty("ci95")[0].GetDouble() > 0.1, $"{all.GetRawText()}");
    }

    [Fact]
    public void The_plain_model_ends_at_its_window_and_a_costly_method_is_refused()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["effective", Command.Embedded, "--to", "512", "--windows", "12", "--trials", "2"];
        var plain = Command.Result([.. arguments, "--out", folder.PathOf("out")]);
        // The first quarter past the window costs this model next to nothing, the next one half as much again.
        var effective = plain.GetProperty("effective").GetProperty("tokens").GetInt32();
        Assert.InRange(effective, 256, 320);
        Assert.Equal("perplexity", plain.GetProperty("limited_by").GetString());
        Assert.Equal(0, plain.GetProperty("short_loss").GetDouble());
        Assert.Equal([320, 384, 448, 512], plain.GetProperty("positions").EnumerateArray().Select(p => p.GetProperty("end").GetInt32()));
        Assert.Contains($"effective window {effective} tokens", XDocument.Parse(File.ReadAllText(folder.PathOf("out/report.html")).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!.Value, StringComparison.Ordinal);

        var costly = Command.Run([.. arguments, "--scaling", "linear:2", "--json"]);
        Assert.Equal(1, costly.Code);
        Assert.Contains("more than --max-short-loss 2 %", Assert.Single(costly.Complaints), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, costly.Json.GetProperty("effective").ValueKind);

        // A formula of the length needs a run for each; two lists of factors have one past the old window, which is judged in quarters as well.
        int[] Windows(string scaling) => [.. Command.Run([.. arguments, "--scaling", scaling, "--json"]).Json.GetProperty("positions").EnumerateArray().Select(p => p.GetProperty("window").GetInt32())];
        Assert.Equal([384, 384, 512, 512, 512, 512], Windows("dynamic:2"));
        var factors = folder.Write("factors.json", $$"""
            {"version":1,"rotary_dimension":64,"base":10000,"original_context":256,"target_context":512,"entries":[
             {"maximum_length":256,"attention_factor":1,"start_tokens":0,"rescale_factors":[{{string.Join(',', Enumerable.Repeat("1", 32))}}]},
             {"maximum_length":512,"attention_factor":1,"start_tokens":0,"rescale_factors":[{{string.Join(',', Enumerable.Repeat("2", 32))}}]}]}
            """);
        Assert.Equal([512, 512, 512, 512], Windows("longrope:" + factors));

        // The loss at L is that of perplexity on the same windows; allowed, the method passes the gate.
        Assert.True(costly.Json.GetProperty("short_loss").GetDouble() > 0.1);
        Assert.Equal(0, Command.Run([.. arguments, "--scaling", "linear:2", "--max-short-loss", "1000%"]).Code);
    }
}
