using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Tests.Durability;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>A job that is stopped, killed or runs out of disk leaves records that can be read and never half a checkpoint.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class InterruptionTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.PathOf("out");

    private string Journal => RecordedRun.Journal(Out);

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_stop_keeps_the_records_and_says_so_in_one_line(string signal)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var run = StopInTheSearch(signal);
        Assert.Equal(130, run.Code);
        Assert.Equal("", run.Output);
        Assert.Equal($"ropewalk: stopped; what was recorded so far is kept, and this continues: ropewalk extend --resume {Out}", Assert.Single(run.Complaints));
        Assert.DoesNotContain("Unhandled", run.Error, StringComparison.Ordinal);
        RequireNoCheckpoint();
        Assert.NotEmpty(RecordedRun.Evaluations(Out, "long"));
        Assert.Equal("stopped", Command.Result("runs", _folder.Root)[0].GetProperty("state").GetString());
        Assert.False(File.Exists(Path.Combine(Out, "ropewalk", "holder")));
    }

    [SharedFact]
    public void A_kill_keeps_what_was_recorded()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var run = StopInTheSearch("KILL");
        Assert.Equal(137, run.Code);
        RequireNoCheckpoint();
        Assert.NotEmpty(RecordedRun.Evaluations(Out, "long"));
    }

    [SharedTheory]
    [InlineData(600)] // The weights (1,096 KiB) do not fit.
    [InlineData(8)] // The records do not fit.
    public void A_full_disk_is_one_line_and_no_half_checkpoint(int limitKilobytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Without the last setting the runtime itself needs large files for its code.
        using var child = Command.Start($"ulimit -f {limitKilobytes}; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; exec \"$@\"", _folder.Root, SmallExtension.Arguments(Out));
        var run = Command.Finish(child);
        Assert.True(run.Code == 3, $"exit code {run.Code}: {run.Error}");
        var complaint = Assert.Single(run.Complaints);
        Assert.Contains($"once it can be written again, this continues: ropewalk extend --resume {Out}", run.Error, StringComparison.Ordinal);
        Assert.Contains("the disk is full or a size limit is reached", complaint, StringComparison.Ordinal);
        Assert.Contains(limitKilobytes > 100 ? "model.safetensors" : "ropewalk", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", run.Error, StringComparison.Ordinal);
        RequireNoCheckpoint();
        if (limitKilobytes > 100)
        {
            // What the search found is not lost with the export.
            var result = JsonElement.Parse(File.ReadAllText(Path.Combine(Out, "ropewalk", "result.json")));
            Assert.Equal(4, result.GetProperty("rescale_factors").GetArrayLength());
            Assert.Equal(JsonValueKind.Null, result.GetProperty("receipt").ValueKind);
        }

        // Now there is space, and it ends as if there always had been.
        var whole = _folder.PathOf("whole");
        Assert.Equal(0, Command.Run("extend", "--resume", Out).Code);
        Assert.Equal(0, Command.Run(SmallExtension.Arguments(whole)).Code);
        RecordedRun.RequireSame(whole, Out);
    }

    /// <summary>A search of thousands of candidates, sent a signal once the first are recorded.</summary>
    private Command StopInTheSearch(string signal)
    {
        // A shell that was started in the background ignores Ctrl-C, and its children inherit that.
        using var child = Command.Start(
            "exec env --default-signal \"$@\"", _folder.Root,
            "extend", Command.Model, "--to", "512", "--text", Command.Stories, "--algorithm", "evolution", "--population", "16", "--iterations", "5000", "--windows", "2", "--heldout-windows", "2", "--window-stride", "128", "--out", Out);
        var clock = Stopwatch.StartNew();
        while (!(File.Exists(Journal) && new FileInfo(Journal).Length > 5000 && RecordedRun.Evaluations(Out, "long").Count > 20))
        {
            if (child.HasExited || clock.Elapsed > s_patience)
            {
                child.Kill(entireProcessTree: true);
                Assert.Fail($"no search within {s_patience}: {child.StandardError.ReadToEnd()}");
            }

            Thread.Sleep(50);
        }

        using var kill = Process.Start("kill", ["-s", signal, child.Id.ToString()]);
        kill.WaitForExit();
        return Command.Finish(child);
    }

    private void RequireNoCheckpoint()
    {
        var names = _folder.Entries().Select(p => Path.GetFileName(p)).ToList();
        Assert.DoesNotContain("config.json", names);
        Assert.DoesNotContain("model.safetensors", names);
        Assert.DoesNotContain(names, n => n.Contains("tmp", StringComparison.Ordinal) || n.Contains("probe", StringComparison.Ordinal));
        Assert.Equal(512, JsonElement.Parse(File.ReadAllText(Path.Combine(Out, "ropewalk", "run.json"))).GetProperty("target_context").GetInt32());
    }
}
