using Ropewalk.Lab.Runs.Records;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Durability;

/// <summary>A small extension, whole, and its records as a stop in the middle of the search leaves them.</summary>
public sealed class StoppedExtension : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string? _whole;

    /// <summary>A command that works for minutes; it lacks its --out.</summary>
    public static string[] Endless =>
        ["extend", Command.Model, "--to", "512", "--text", Command.Stories, "--algorithm", "evolution", "--population", "16", "--iterations", "5000", "--windows", "2", "--heldout-windows", "2", "--window-stride", "128"];

    /// <summary>The whole run's output folder.</summary>
    public string Whole
    {
        get
        {
            if (_whole is null)
            {
                _whole = _folder.PathOf("whole");
                Command.Result(SmallExtension.Arguments(_whole));
            }

            return _whole;
        }
    }

    /// <summary>Makes the stopped run.</summary>
    public void CopyTo(string output)
    {
        var from = Path.Combine(Whole, "ropewalk");
        var to = Path.Combine(output, "ropewalk");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        Directory.CreateDirectory(to);
        File.Copy(Path.Combine(from, "run.json"), Path.Combine(to, "run.json"));

        // A journal is only ever appended to, so its beginning is what a stop leaves: up to the tenth candidate of the search.
        var bytes = File.ReadAllBytes(RecordedRun.Journal(Whole));
        var path = RecordedRun.Journal(output);
        using var whole = DiskFiles.OpenToRead(RecordedRun.Journal(Whole));
        var (offset, number, candidates) = ((long)JournalFrame.HeaderBytes, 0u, 0);
        while (candidates < 10)
        {
            var (entry, end) = JournalScan.Next(whole, bytes.Length, offset, number++)!.Value;
            candidates += entry is EvaluationEntry ? 1 : 0;
            offset = end;
        }

        File.WriteAllBytes(path, bytes[..(int)offset]);
    }

    public void Dispose() => _folder.Dispose();
}
