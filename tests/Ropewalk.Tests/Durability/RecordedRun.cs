using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Tests.Durability;

/// <summary>The records of a run on the disk.</summary>
internal static class RecordedRun
{
    /// <summary>A run's journal file.</summary>
    public static string Journal(string output) => Path.Combine(output, "ropewalk", "journal");

    /// <summary>A run's result.</summary>
    public static string Result(string output) => Path.Combine(output, "ropewalk", "result.json");

    /// <summary>The journal's entries, as far as they are good; it may be in use.</summary>
    public static List<JournalEntry> Entries(string output)
    {
        var entries = new List<JournalEntry>();
        using var file = DiskFiles.OpenToRead(Journal(output));
        JournalScan.Of(file, Journal(output), entries.Add);
        return entries;
    }

    /// <summary>The evaluations of one search.</summary>
    public static List<EvaluationEntry> Evaluations(string output, string search) => [.. Entries(output).OfType<EvaluationEntry>().Where(e => e.Search == search)];

    /// <summary>Journal and result of two runs must be the same bytes.</summary>
    public static void RequireSame(string expected, string found)
    {
        Assert.True(File.ReadAllBytes(Journal(expected)).AsSpan().SequenceEqual(File.ReadAllBytes(Journal(found))), "another journal");
        Assert.Equal(File.ReadAllText(Result(expected)), File.ReadAllText(Result(found)));
    }
}
