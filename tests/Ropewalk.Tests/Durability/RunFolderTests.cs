using System.Diagnostics;
using System.Text.Json.Nodes;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Durability;

/// <summary>What a run folder can be found like when somebody wants to continue it: each ends in one line that tells the way out, and changes nothing.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class RunFolderTests(StoppedExtension stopped) : IClassFixture<StoppedExtension>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.PathOf("out");

    private string Records => Path.Combine(Out, "ropewalk");

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void It_continues_from_another_place_and_folder()
    {
        stopped.CopyTo(Out);
        var run = Command.Run("extend", "--resume", Records, "--json");
        Assert.True(run.Code == 0, run.Error);
        RecordedRun.RequireSame(stopped.Whole, Out);
        Assert.Equal(JsonNode.Parse(File.ReadAllText(RecordedRun.Result(Out)))!["tokens_evaluated"]!.GetValue<long>(), run.Json.GetProperty("tokens_evaluated").GetInt64());

        var journal = File.ReadAllBytes(RecordedRun.Journal(Out));
        var again = Command.Run("extend", "--resume", Out, "--json");
        Assert.Equal(0, again.Code);
        Assert.Contains("this run is finished", again.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(RecordedRun.Result(Out)), again.Output);
        Assert.Equal(journal, File.ReadAllBytes(RecordedRun.Journal(Out)));
    }

    [SharedFact]
    public void D18_another_number_of_threads_gives_the_same_bytes()
    {
        stopped.CopyTo(Out);
        Assert.Equal(0, Command.Run("extend", "--resume", Out, "--threads", "1").Code);
        RecordedRun.RequireSame(stopped.Whole, Out);
    }

    [SharedFact]
    public void D2_a_torn_end_goes_aside_and_is_told()
    {
        stopped.CopyTo(Out);
        var journal = File.ReadAllBytes(RecordedRun.Journal(Out));
        File.WriteAllBytes(RecordedRun.Journal(Out), journal[..^5]);
        var listed = Command.Result("runs", _folder.Root)[0];
        Assert.Equal("stopped", listed.GetProperty("state").GetString());
        Assert.Contains("torn bytes at the end", listed.GetProperty("damage").GetString(), StringComparison.Ordinal);
        var run = Command.Run("extend", "--resume", Out);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("bytes were torn by an earlier stop and are now in", run.Error, StringComparison.Ordinal);
        Assert.Contains("journal.quarantine-1", run.Error, StringComparison.Ordinal);
        var quarantined = File.ReadAllBytes(RecordedRun.Journal(Out) + ".quarantine-1");
        Assert.Equal(journal[(journal.Length - 5 - quarantined.Length)..^5], quarantined);
        RecordedRun.RequireSame(stopped.Whole, Out);
    }

    [SharedFact]
    public void D3_damage_in_the_middle_is_refused_and_salvaged_into_a_new_run()
    {
        stopped.CopyTo(Out);
        var journal = File.ReadAllBytes(RecordedRun.Journal(Out));
        journal[journal.Length / 2] ^= 1;
        File.WriteAllBytes(RecordedRun.Journal(Out), journal);
        Refused(["extend", "--resume", Out], "ropewalk/journal: byte ", "found a damaged entry, expected entry ", $"\"ropewalk runs salvage {Records} NEW\"");
        Assert.Equal(journal, File.ReadAllBytes(RecordedRun.Journal(Out)));
        Assert.Equal("damaged", Command.Result("runs", _folder.Root)[0].GetProperty("state").GetString());
        Assert.Equal(1, Command.Run("runs", "show", Out).Code);

        var saved = _folder.PathOf("saved run");
        var salvage = Command.Run("runs", "salvage", Out, saved);
        Assert.True(salvage.Code == 0, salvage.Error);
        Assert.EndsWith($"entries saved; this continues: ropewalk extend --resume '{saved}'\n", salvage.Output, StringComparison.Ordinal);
        Assert.Equal(0, Command.Run("extend", "--resume", saved).Code);
        RecordedRun.RequireSame(stopped.Whole, saved);
        Refused(["runs", "salvage", Out, saved], "NEW: found");
    }

    [SharedFact]
    public void D8_a_second_process_is_told_who_works_on_it()
    {
        stopped.CopyTo(Out);
        var itsTemporary = Path.Combine(Out, $".model.safetensors.tmp-{Guid.NewGuid():N}");
        File.WriteAllText(itsTemporary, "half");
        using var held = RunLock.Take(new DiskFiles(), Records);
        Assert.Equal("running", Command.Result("runs", _folder.Root)[0].GetProperty("state").GetString());
        using var child = Command.Start("exec \"$@\"", _folder.Root, "extend", "--resume", Out);
        var run = Command.Finish(child);
        Assert.Equal(2, run.Code);
        Assert.Contains($"lock: found it held by process {Environment.ProcessId} on {Environment.MachineName}", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.True(File.Exists(itsTemporary));
    }

    [SharedFact]
    public void D8_a_killed_process_holds_no_lock()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using (var child = Command.Start("exec \"$@\"", _folder.Root, [.. StoppedExtension.Endless, "--out", Out]))
        {
            var clock = Stopwatch.StartNew();
            while (!File.Exists(RecordedRun.Journal(Out)))
            {
                Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1) && !child.HasExited);
                Thread.Sleep(20);
            }

            Assert.True(RunLock.IsHeld(Records));
            Refused(["extend", "--resume", Out], $"lock: found it held by process {child.Id} on");
            child.Kill();
            child.WaitForExit();
        }

        Assert.False(RunLock.IsHeld(Records));
        Assert.Equal("stopped", Command.Result("runs", _folder.Root)[0].GetProperty("state").GetString());
        RunLock.Take(new DiskFiles(), Records).Dispose();
    }

    [SharedFact]
    public void D15_a_changed_text_or_model_is_refused()
    {
        stopped.CopyTo(Out);
        Change(j => j["inputs"]![Command.Stories] = new string('0', 64));
        Refused(["extend", "--resume", Out], "sample.txt: SHA-256: found ", $"expected {new string('0', 64)}; it changed since the run began");
        Change(j => j["inputs"]!.AsObject().Remove(Command.Stories));
        Refused(["extend", "--resume", Out], "sample.txt: SHA-256: found ", "expected no such file");
        Change(j => j["inputs"]![_folder.PathOf("gone.safetensors")] = "00");
        Refused(["extend", "--resume", Out], "gone.safetensors: file: found nothing there, expected the file that ");
    }

    [SharedFact]
    public void D13_another_version_is_refused_plainly()
    {
        stopped.CopyTo(Out);
        Change(j => j["version"] = "9.8.7");
        Refused(["extend", "--resume", Out], "run.json: version: found 9.8.7, expected ", "continue it with ropewalk 9.8.7, or start a new run");
        Assert.Equal("damaged", Command.Result("runs", _folder.Root)[0].GetProperty("state").GetString());
        Change(j => j["format"] = 2);
        Refused(["extend", "--resume", Out], "run.json: format: found 2, expected 1");
        Change(j => j.Remove("format"));
        Refused(["extend", "--resume", Out], "run.json: format: found none, expected 1");
        Assert.Equal("damaged", Command.Result("runs", _folder.Root)[0].GetProperty("state").GetString());
    }

    [SharedFact]
    public void An_edited_plan_is_not_what_was_recorded()
    {
        stopped.CopyTo(Out);
        Change(j => j["plan"]!["window_stride"] = 64);
        Refused(["extend", "--resume", Out], "journal: entry 0: found the start of a run", "expected what run.json says");
        Change(j => j["plan"] = new JsonObject { ["nothing"] = 1 });
        Refused(["extend", "--resume", Out], "run.json: plan: ");
        Change(j => j["kind"] = "search");
        Refused(["extend", "--resume", Out], "kind: found \"search\", expected \"extend\"");
        File.WriteAllText(Path.Combine(Records, "run.json"), "{\"format\": 1}");
        Refused(["extend", "--resume", Out], "run.json: ", "expected the keys of a run of format 1");
        File.WriteAllText(Path.Combine(Records, "run.json"), "{");
        Refused(["extend", "--resume", Out], "run.json: ");
    }

    [SharedFact]
    public void No_run_and_other_options_beside_are_refused()
    {
        Refused(["extend", "--resume", _folder.PathOf("none")], "run.json: found nothing there, expected the records of a run");
        Refused(["runs", "show", _folder.Root], "expected the records of a run");
        Refused(["runs", _folder.PathOf("none")], "FOLDER: found ");
        stopped.CopyTo(Out);
        Refused(["extend", "--resume", Out, "--to", "512"], "--resume: found --to beside it, expected --json, --threads at most");
        Refused(["extend", Command.Model, "--resume", Out], "--resume: found MODEL beside it");
        Assert.Contains("no runs beneath", Command.Run("runs", Directory.CreateDirectory(_folder.PathOf("empty")).FullName).Output, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_stop_before_anything_was_asked_is_no_obstacle()
    {
        Directory.CreateDirectory(Records);
        File.WriteAllText(Path.Combine(Records, "lock"), "");
        File.WriteAllText(Path.Combine(Records, "run.json.tmp"), "{");
        Assert.Equal(0, Command.Run(SmallExtension.Arguments(Out)).Code);
        Refused(SmallExtension.Arguments(Out), "--out: found");
    }

    [SharedFact]
    public void Runs_are_listed_and_drawn()
    {
        stopped.CopyTo(Out);
        var list = Command.Run("runs", _folder.Root);
        Assert.Contains("stopped", list.Output, StringComparison.Ordinal);
        Assert.Contains("256 to 512", list.Output, StringComparison.Ordinal);
        var show = Command.Run("runs", "show", Out);
        Assert.Equal(0, show.Code);
        Assert.Contains("search long", show.Output, StringComparison.Ordinal);
        Assert.Contains("┤", show.Output, StringComparison.Ordinal);
        Assert.Contains($"this continues: ropewalk extend --resume {Out}", show.Output, StringComparison.Ordinal);
        var json = Command.Result("runs", "show", Out);
        var progress = json.GetProperty("progress").EnumerateArray().Select(p => p.GetProperty("perplexity").GetDouble()).ToList();
        Assert.Equal(progress.OrderDescending(), progress);
        var losses = RecordedRun.Evaluations(Out, "long").Select(e => e.Losses.Average());
        Assert.Equal(Math.Exp(losses.Min()), progress[^1], 1e-9);
        var whole = Command.Result("runs", stopped.Whole)[0];
        Assert.Equal("done", whole.GetProperty("state").GetString());
        Assert.Equal(JsonNode.Parse(File.ReadAllText(RecordedRun.Result(stopped.Whole)))!["search_perplexity"]!.GetValue<double>(), whole.GetProperty("best_perplexity").GetDouble(), 1e-9);
    }

    private void Change(Action<JsonObject> change)
    {
        stopped.CopyTo(Out);
        var path = Path.Combine(Records, "run.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static void Refused(string[] arguments, params string[] fragments)
    {
        var run = Command.Run(arguments);
        Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Error}");
        var complaint = Assert.Single(run.Complaints);
        foreach (var fragment in fragments)
        {
            Assert.Contains(fragment, complaint, StringComparison.Ordinal);
        }
    }
}
