using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Tests.Durability;

/// <summary>Every single operation on the disk fails once, in every way: each time the run ends in a typed error, and continues to the same bytes.</summary>
public sealed class FailingDiskTests
{
    private static readonly (MemoryFiles Files, int Computed) s_unharmed = Unharmed();

    [Fact]
    public void A_finished_run_computes_nothing_again()
    {
        var files = new MemoryFiles();
        Assert.Equal(s_unharmed.Computed, SmallJob.Run(files));
        Assert.True(s_unharmed.Computed > 15);
        Assert.Equal(0, SmallJob.Run(files));
        RequireSame(files);
        Assert.Equal(0, files.NumOpen);
        Assert.Equal(["journal", "result.json", "run.json", "telemetry.jsonl"], files.Names.Select(n => Path.GetFileName(n)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Failure.Error)]
    [InlineData(Failure.Full)]
    [InlineData(Failure.PowerLoss)]
    [InlineData(Failure.TornPowerLoss)]
    public void Whatever_operation_fails_the_run_continues_to_the_same_bytes(Failure failure)
    {
        var operations = s_unharmed.Files.Operations;
        Assert.True(operations > 40, $"{operations} operations");
        var spared = 0;
        for (var n = 1; n <= operations; n++)
        {
            var files = new MemoryFiles(n, failure);
            try
            {
                SmallJob.Run(files);

                // Two operations may fail unheard: who held the lock, and taking back a torn append.
                spared++;
            }
            catch (StorageException e)
            {
                Assert.Equal(failure == Failure.Full, e.IsDiskFull);
            }

            Assert.True(files.NumOpen == 0, $"operation {n}: {files.NumOpen} files stay open");
            files.Restart();
            SmallJob.Run(files);
            RequireSame(files, $"operation {n}");
        }

        Assert.InRange(spared, 0, 3);
    }

    [Fact]
    public void A_run_that_fails_again_and_again_still_ends_the_same()
    {
        // Opening alone takes some fifteen operations, so many an attempt gets nowhere.
        var files = new MemoryFiles();
        var attempts = 0;
        var random = new Random(1);
        for (var isDone = false; !isDone; attempts++)
        {
            Assert.True(attempts < 1000, "no progress");
            files.FailAfter(random.Next(5, 40));
            try
            {
                SmallJob.Run(files);
                isDone = true;
            }
            catch (StorageException)
            {
                files.Restart();
            }
        }

        Assert.True(attempts > 3, $"{attempts} attempts");
        RequireSame(files);
    }

    [Fact]
    public void Another_search_than_the_recorded_one_is_a_named_error()
    {
        var files = new MemoryFiles();
        SmallJob.Run(files);
        var error = Assert.Throws<RunFolderException>(() => SmallJob.Run(files, searchSeed: 8));
        Assert.Contains("journal: entry 5: found search \"long\" by evolution with seed 7 on 2 windows, expected search \"long\" by evolution with seed 8", error.Message, StringComparison.Ordinal);
    }

    private static (MemoryFiles, int) Unharmed()
    {
        var files = new MemoryFiles();
        return (files, SmallJob.Run(files));
    }

    private static void RequireSame(MemoryFiles files, string when = "")
    {
        Assert.True(s_unharmed.Files.Contents(SmallJob.Journal).AsSpan().SequenceEqual(files.Contents(SmallJob.Journal)), $"{when}: another journal");
        Assert.True(s_unharmed.Files.Contents(SmallJob.Result).AsSpan().SequenceEqual(files.Contents(SmallJob.Result)), $"{when}: another result");
    }
}
