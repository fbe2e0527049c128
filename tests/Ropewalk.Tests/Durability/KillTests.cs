using System.Diagnostics;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Xunit.Abstractions;

namespace Ropewalk.Tests.Durability;

/// <summary>A real job is killed at random moments, again and again until it is done. ROPEWALK_KILLS says how often in all; the command is in docs/runs.md.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class KillTests(ITestOutputHelper log) : IDisposable
{
    private const int DefaultKills = 5;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void Killed_at_random_moments_it_ends_with_the_same_bytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var wanted = int.TryParse(Environment.GetEnvironmentVariable("ROPEWALK_KILLS"), out var number) ? number : DefaultKills;
        var random = new Random(20261121);
        var reference = _folder.PathOf("reference");
        var watch = Stopwatch.StartNew();
        Run(reference, null);
        var whole = watch.Elapsed;
        var (kills, runs, restarts, torn, most) = (0, 0, 0, 0, 0);
        var reached = new SortedDictionary<int, int>();
        var total = RecordedRun.Entries(reference).Count;
        while (kills < wanted)
        {
            var output = _folder.PathOf($"run-{++runs}");
            var inThisRun = 0;
            for (var isDone = false; !isDone;)
            {
                // Beyond the time of a whole run too, so that ends are met as well; then the last attempt is left alone.
                var isKilled = kills < wanted && Run(output, TimeSpan.FromSeconds(random.NextDouble() * 1.1 * whole.TotalSeconds));
                isDone = !isKilled && (kills < wanted || !Run(output, null));
                if (isKilled)
                {
                    kills++;
                    inThisRun++;
                    restarts += File.Exists(Path.Combine(output, "ropewalk", "run.json")) ? 0 : 1;
                    var tenth = File.Exists(RecordedRun.Journal(output)) ? 10 * RecordedRun.Entries(output).Count / total : 0;
                    reached[tenth] = reached.GetValueOrDefault(tenth) + 1;
                }
            }

            most = Math.Max(most, inThisRun);
            torn += Directory.GetFiles(Path.Combine(output, "ropewalk"), "*.quarantine-*").Length;
            RecordedRun.RequireSame(reference, output);
            foreach (var name in new[] { "config.json", "factors.json", "model.safetensors", "receipt.json" })
            {
                Assert.True(File.ReadAllBytes(Path.Combine(reference, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(output, name))), name);
            }

            Assert.DoesNotContain(Directory.GetFileSystemEntries(output, "*", SearchOption.AllDirectories), p => p.Contains(".tmp", StringComparison.Ordinal));
            Directory.Delete(output, recursive: true);
        }

        log.WriteLine(
            $"{kills} kills in {runs} runs (at most {most} in one), {restarts} before run.json was there, {torn} torn ends; a run alone takes {whole.TotalSeconds:F1} s; " +
            $"kills by tenth of the journal: {string.Join(", ", reached.Select(r => $"{r.Key}: {r.Value}"))}; {watch.Elapsed.TotalSeconds:F0} s in all");
    }

    /// <summary>Begins or continues a run.</summary>
    /// <param name="output">Its folder.</param>
    /// <param name="life">When it is killed; null to let it end.</param>
    /// <returns>Whether it was killed.</returns>
    private bool Run(string output, TimeSpan? life)
    {
        string[] arguments = File.Exists(Path.Combine(output, "ropewalk", "run.json"))
            ? ["extend", "--resume", output]
            : ["extend", Command.Model, "--to", "512", "--text", Command.Stories, "--population", "12", "--iterations", "4", "--windows", "2", "--heldout-windows", "3", "--window-stride", "32", "--max-short-loss", "50%", "--out", output];
        using var child = Command.Start("exec \"$@\"", _folder.Root, arguments);
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
