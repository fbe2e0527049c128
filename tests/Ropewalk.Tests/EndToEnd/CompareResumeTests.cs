using System.Diagnostics;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>A comparison that is stopped or killed goes on where it was and ends with the same bytes, or refuses.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class CompareResumeTests(SmallComparison comparison) : IClassFixture<SmallComparison>, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();

    // With a space, which a shell would split.
    private string Out => _folder.PathOf("the out");

    private string Resume => $"ropewalk compare --resume '{Out}'";

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("KILL", 137, 2)]
    [InlineData("KILL", 137, 7)]
    [InlineData("INT", 130, 4)]
    public void A_stopped_comparison_goes_on_and_ends_with_the_same_bytes(string signal, int code, int lines)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _ = comparison.Result;
        var journal = Path.Combine(Out, "ropewalk", "journal.jsonl");
        using var child = Command.Start("exec env --default-signal \"$@\"", _folder.Root, SmallComparison.Arguments(Out));
        var clock = Stopwatch.StartNew();
        while (!(File.Exists(journal) && ReadShared(journal).Count(b => b == '\n') >= lines))
        {
            Assert.False(child.HasExited || clock.Elapsed > s_patience, $"no {lines} lines within {s_patience}");
            Thread.Sleep(5);
        }

        using (var kill = Process.Start("kill", ["-s", signal, child.Id.ToString()]))
        {
            kill.WaitForExit();
        }

        var stopped = Command.Finish(child);
        Assert.True(stopped.Code == code, $"exit code {stopped.Code}: {stopped.Error}");
        Assert.False(File.Exists(Path.Combine(Out, "ropewalk", "result.json")));
        if (signal == "INT")
        {
            Assert.Equal($"ropewalk: stopped; what was recorded so far is kept, and this continues: {Resume}", Assert.Single(stopped.Complaints));
        }

        RequireSameAfterResume();
    }

    [SharedFact]
    public void A_full_disk_says_how_to_go_on()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _ = comparison.Result;

        // Room for run.json, and not for the first figures; the runtime itself needs large files without the last setting.
        using var child = Command.Start("ulimit -f 8; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; exec \"$@\"", _folder.Root, SmallComparison.Arguments(Out));
        var run = Command.Finish(child);
        Assert.True(run.Code == 3, $"exit code {run.Code}: {run.Error}");
        Assert.Contains("the disk is full or a size limit is reached", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Contains($"once it can be written again, this continues: {Resume}", run.Error, StringComparison.Ordinal);
        RequireSameAfterResume();
    }

    [SharedFact]
    public void A_journal_that_was_cut_off_anywhere_is_continued()
    {
        _ = comparison.Result;
        var whole = SmallComparison.Record(comparison.Out, "journal.jsonl");
        var random = new Random(5);
        foreach (var cut in new[] { 0, 1, Array.IndexOf(whole, (byte)'\n') + 1, whole.Length - 1, random.Next(whole.Length), random.Next(whole.Length) })
        {
            Copy();
            File.WriteAllBytes(Path.Combine(Out, "ropewalk", "journal.jsonl"), whole[..cut]);
            File.Delete(Path.Combine(Out, "ropewalk", "result.json"));
            RequireSameAfterResume();
            Directory.Delete(Out, recursive: true);
        }
    }

    [SharedFact]
    public void A_finished_comparison_says_its_result_again()
    {
        _ = comparison.Result;
        Copy();
        var telemetry = SmallComparison.Record(Out, "telemetry.jsonl");
        RequireSameAfterResume();
        Assert.Equal(telemetry, SmallComparison.Record(Out, "telemetry.jsonl"));

        // It is no run of extend's kind, and no damaged one either.
        Assert.Equal(0, Command.Result("runs", Out).GetArrayLength());
    }

    [Fact]
    public void Files_in_methods_are_found_from_any_folder() =>
        Assert.Equal(["yarn", $"longrope:{Path.GetFullPath("f.json")}+self-extend:group=4,window=64", "ntk:4"], MethodList.WithFullPaths(["yarn,longrope:f.json+self-extend:group=4,window=64", "ntk:4"]));

    [SharedFact]
    public void A_comparison_that_a_process_works_on_is_left_to_it()
    {
        _ = comparison.Result;
        Copy();
        using var held = RunLock.Take(new DiskFiles(), Path.Combine(Out, "ropewalk"));
        var run = Command.Run("compare", "--resume", Out);
        Assert.Equal(2, run.Code);
        Assert.Contains("expected a run that no process works on", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    [InlineData("text.txt")]
    public void What_has_changed_since_is_refused_by_its_hash(string changed)
    {
        foreach (var file in Directory.GetFiles(Command.Model))
        {
            File.Copy(file, Path.Combine(Directory.CreateDirectory(_folder.PathOf("model")).FullName, Path.GetFileName(file)));
        }

        var text = _folder.Write("text.txt", File.ReadAllText(Command.Stories)[..8000]);
        Command.Result("compare", _folder.PathOf("model"), "--to", "512", "--heldout", text, "--methods", "none", "--out", Out);
        var path = changed == "text.txt" ? text : Path.Combine(_folder.PathOf("model"), changed);
        new FileInfo(path).IsReadOnly = false;
        var bytes = File.ReadAllBytes(path);
        bytes = changed == "tokenizer.json" ? [.. bytes, (byte)' '] : [.. bytes[..^1], changed == "text.txt" ? (byte)'x' : (byte)(bytes[^1] ^ 1)];
        File.WriteAllBytes(path, bytes);
        var before = SmallComparison.Record(Out, "journal.jsonl");

        var run = Command.Run("compare", "--resume", Out);
        Assert.Equal(2, run.Code);
        var complaint = Assert.Single(run.Complaints);
        Assert.Contains($"--resume {Out}: found {path} with SHA-256 ", complaint, StringComparison.Ordinal);
        Assert.Contains("as when the comparison began", complaint, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Equal(before, SmallComparison.Record(Out, "journal.jsonl"));

        File.Delete(path);
        Assert.Contains($"found a record of {path}, which is gone", Assert.Single(Command.Run("compare", "--resume", Out).Complaints), StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_damaged_record_is_refused()
    {
        _ = comparison.Result;
        Copy();
        var path = Path.Combine(Out, "ropewalk", "journal.jsonl");
        var journal = File.ReadAllBytes(path);
        var digit = Array.FindIndex(journal, 200, b => b is (byte)'3');
        journal[digit] = (byte)'4';
        File.WriteAllBytes(path, journal);
        var run = Command.Run("compare", "--resume", Out);
        Assert.Equal(2, run.Code);
        var complaint = Assert.Single(run.Complaints);
        Assert.Contains("journal.jsonl", complaint, StringComparison.Ordinal);
        Assert.Contains("line ", complaint, StringComparison.Ordinal);
        Assert.Contains("not what was written", complaint, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(Out, "ropewalk", "run.json"), "{\"version\": 3}");
        Assert.Contains("run.json", Assert.Single(Command.Run("compare", "--resume", Out).Complaints), StringComparison.Ordinal);
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private void Copy()
    {
        Directory.CreateDirectory(Path.Combine(Out, "ropewalk"));
        foreach (var file in Directory.GetFiles(Path.Combine(comparison.Out, "ropewalk")))
        {
            File.Copy(file, Path.Combine(Out, "ropewalk", Path.GetFileName(file)));
        }
    }

    private void RequireSameAfterResume()
    {
        Command.Result("compare", "--resume", Out);
        Assert.Equal(SmallComparison.Record(comparison.Out, "result.json"), SmallComparison.Record(Out, "result.json"));
        Assert.Equal(SmallComparison.Record(comparison.Out, "journal.jsonl"), SmallComparison.Record(Out, "journal.jsonl"));
        Assert.True(File.Exists(Path.Combine(Out, "report.html")));
    }
}
