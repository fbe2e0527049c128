using System.Diagnostics;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Xunit.Abstractions;

namespace Ropewalk.Tests.Durability;

/// <summary>Kills a real job with SIGKILL at random moments, again and again until it is done, and compares all that it made with a run that was left
/// alone. ROPEWALK_KILLS says how often in all; the command is in docs/runs.md.</summary>
/// <param name="command">The command's words, to which --resume is put.</param>
/// <param name="asked">Everything else that it is begun with, without --out.</param>
internal sealed class KillDriver(string[] command, string[] asked)
{
    private const string Records = "ropewalk";

    /// <summary>Kills where ROPEWALK_KILLS says nothing.</summary>
    public int DefaultKills { get; init; } = 3;

    /// <summary>Names of files that hold times, beside the records' own.</summary>
    public string[] WithTimes { get; init; } = [];

    /// <summary>Runs whole jobs until one was killed often enough.</summary>
    public void Run(TemporaryFolder folder, ITestOutputHelper log)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var wanted = int.TryParse(Environment.GetEnvironmentVariable("ROPEWALK_KILLS"), out var number) ? number : DefaultKills;
        var random = new Random(20261121);
        var reference = folder.PathOf("reference");
        var watch = Stopwatch.StartNew();
        Run(folder, reference, null);
        var whole = watch.Elapsed;
        var expected = Made(reference);
        var (kills, runs, restarts, torn, most) = (0, 0, 0, 0, 0);
        var reached = new SortedDictionary<int, int>();
        var total = RecordedRun.Entries(reference).Count;
        while (kills < wanted)
        {
            var output = folder.PathOf($"run-{++runs}");
            var inThisRun = 0;
            for (var isDone = false; !isDone;)
            {
                // Beyond the time of a whole run too, so that ends are met as well; then the last attempt is left alone.
                var isKilled = kills < wanted && Run(folder, output, TimeSpan.FromSeconds(random.NextDouble() * 1.1 * whole.TotalSeconds));
                isDone = !isKilled && (kills < wanted || !Run(folder, output, null));
                if (isKilled)
                {
                    kills++;
                    inThisRun++;
                    restarts += File.Exists(Path.Combine(output, Records, "run.json")) ? 0 : 1;
                    var tenth = File.Exists(RecordedRun.Journal(output)) ? 10 * RecordedRun.Entries(output).Count / total : 0;
                    reached[tenth] = reached.GetValueOrDefault(tenth) + 1;
                }
            }

            most = Math.Max(most, inThisRun);
            torn += Directory.GetFiles(Path.Combine(output, Records), "*.quarantine-*").Length;
            RecordedRun.RequireSame(reference, output);
            Assert.Equal(expected, Made(output));
            foreach (var name in expected.Where(n => !WithTimes.Contains(Path.GetFileName(n))))
            {
                Assert.True(File.ReadAllBytes(Path.Combine(reference, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(output, name))), name);
            }

            Directory.Delete(output, recursive: true);
        }

        log.WriteLine(
            $"{string.Join(' ', command)}: {kills} kills in {runs} runs (at most {most} in one), {restarts} before run.json was there, {torn} torn ends; a run alone takes {whole.TotalSeconds:F1} s; " +
            $"kills by tenth of the journal: {string.Join(", ", reached.Select(r => $"{r.Key}: {r.Value}"))}; {watch.Elapsed.TotalSeconds:F0} s in all");
    }

    /// <summary>All files outside the records: what a job leaves behind, neither less nor more, whatever happened on the way.</summary>
    private static string[] Made(string output) =>
    [
        .. Directory.GetFiles(output, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(output, path))
            .Where(name => !name.StartsWith(Records + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Begins or continues a run.</summary>
    /// <param name="folder">Where the program runs.</param>
    /// <param name="output">The run's folder.</param>
    /// <param name="life">When it is killed; null to let it end.</param>
    /// <returns>Whether it was killed.</returns>
    private bool Run(TemporaryFolder folder, string output, TimeSpan? life)
    {
        // One thread: several that wait for each other on a machine with other work take ten times as long, for the same bytes.
        string[] asks = File.Exists(Path.Combine(output, Records, "run.json")) ? ["--resume", output] : [.. asked, "--out", output];
        string[] arguments = [.. command, .. asks, "--threads", "1"];
        using var child = Command.Start("exec \"$@\"", folder.Root, arguments);
        var error = child.StandardError.ReadToEndAsync();
        _ = child.StandardOutput.ReadToEndAsync();
        if (life is { } time && !child.WaitForExit(time))
        {
            child.Kill();
            child.WaitForExit();

            // It may have ended by itself in between.
            if (child.ExitCode == 137)
            {
                return true;
            }
        }

        child.WaitForExit();
        Assert.True(child.ExitCode == 0, $"exit code {child.ExitCode}: {error.GetAwaiter().GetResult()}");
        return false;
    }
}
