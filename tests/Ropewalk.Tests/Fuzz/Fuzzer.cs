using System.Diagnostics;
using System.Globalization;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Fuzz;

/// <summary>Gives a reader mutated files for a time. Each must end in success or in a one-line error of ours, within seconds, and with little
/// more memory than the file takes. The normal run takes 30 seconds over all formats. For an hour:
/// <c>ROPEWALK_FUZZ_SECONDS=3600 dotnet test -c Release --filter Category=Fuzz</c>; another ROPEWALK_FUZZ_SEED takes another way.
/// A file that breaks the reader is kept beside the system's temporary files: make it a row of the format's attack table, then mend the reader.</summary>
internal static class Fuzzer
{
    private const long AllowanceBytes = 1 << 20;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    /// <summary>The time that a format gets, as a share of the whole.</summary>
    public static TimeSpan Share(double fraction) => TimeSpan.FromSeconds(fraction * Setting("ROPEWALK_FUZZ_SECONDS", 30));

    /// <summary>Runs the target until the time is over.</summary>
    /// <param name="time">How long.</param>
    /// <param name="mutate">Makes a file from a source of chance.</param>
    /// <param name="target">Reads the file of that path completely, e.g. opens it, or loads a whole model.</param>
    /// <param name="extension">The files' extension.</param>
    /// <param name="allowanceBytes">Managed memory that the target may take whatever the file's size.</param>
    /// <returns>How many files the target read and how many it refused.</returns>
    public static (long Accepted, long Refused) Run(TimeSpan time, Func<Random, byte[]> mutate, Action<string> target, string extension, long allowanceBytes = AllowanceBytes)
    {
        var seed = Setting("ROPEWALK_FUZZ_SEED", 20_240_917);
        using var folder = new Formats.TemporaryFolder(inMemory: true);
        var run = new State { Began = Stopwatch.GetTimestamp() };
        var worker = new Thread(() => Work(run, seed, time, mutate, target, folder.PathOf("x" + extension), allowanceBytes)) { IsBackground = true };
        worker.Start();
        while (!worker.Join(TimeSpan.FromMilliseconds(200)))
        {
            // The target may hang for ever, so the clock is watched from outside.
            if (Stopwatch.GetElapsedTime(Interlocked.Read(ref run.Began)) > Slow)
            {
                Assert.Fail(Describe(run, seed, extension, $"no end after {Slow}"));
            }
        }

        if (run.Problem is { } problem)
        {
            Assert.Fail(Describe(run, seed, extension, problem));
        }

        return (run.Accepted, run.Refused);
    }

    private static void Work(State run, long seed, TimeSpan time, Func<Random, byte[]> mutate, Action<string> target, string path, long allowanceBytes)
    {
        var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (; run.Problem is null && Stopwatch.GetTimestamp() < until; run.Round++)
        {
            run.Bytes = mutate(new Random(HashCode(seed, run.Round)));

            File.WriteAllBytes(path, run.Bytes);
            Interlocked.Exchange(ref run.Began, Stopwatch.GetTimestamp());
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                target(path);
                run.Accepted++;
            }
            catch (RopewalkException e)
            {
                run.Refused++;
                run.Problem = e.Message.Any(c => char.IsControl(c) || c is '\u2028' or '\u202E') ? $"an error that is not one plain line: {e.Message}" : null;
            }
            catch (Exception e)
            {
                run.Problem = e.ToString();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > allowanceBytes + (16L * run.Bytes.Length))
            {
                run.Problem ??= $"{allocated} bytes allocated for a file of {run.Bytes.Length}";
            }
        }
    }

    /// <summary>The same for each round in every run, unlike the runtime's hash codes.</summary>
    private static int HashCode(long seed, long round) => unchecked((int)(((ulong)((seed * 1_000_003) + round) * 0x9E37_79B9_7F4A_7C15) >> 33));

    private static string Describe(State run, long seed, string extension, string problem)
    {
        var kept = Path.Combine(Path.GetTempPath(), $"ropewalk-fuzz-{seed}-{run.Round}{extension}");
        File.WriteAllBytes(kept, run.Bytes);
        return $"seed {seed}, round {run.Round}, {run.Bytes.Length} bytes kept in {kept}: {problem}";
    }

    private static long Setting(string name, long otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private sealed class State
    {
        public long Began;

        public long Round { get; set; }

        public long Accepted { get; set; }

        public long Refused { get; set; }

        public byte[] Bytes { get; set; } = [];

        public string? Problem { get; set; }
    }
}
