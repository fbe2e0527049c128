using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Lab.Runs;

/// <summary>The way out of a journal that is damaged in its middle: what comes before the damage becomes a new run, which measures the rest again.</summary>
public static class RunSalvage
{
    /// <summary>Copies run.json and the journal's good beginning. The damaged run stays as it is.</summary>
    /// <param name="from">The damaged run's records' folder.</param>
    /// <param name="output">Output folder of the new run, absent or empty.</param>
    /// <returns>How many entries were saved.</returns>
    /// <exception cref="StorageException">The new run cannot be written.</exception>
    public static int Copy(string from, string output)
    {
        OutputFolder.RequireEmpty(output, "NEW");
        var manifest = RunManifest.Read(from);
        var journal = Path.Combine(from, RunFolder.JournalName);
        using var file = DiskFiles.OpenToRead(journal);
        var scan = JournalScan.Of(file, journal);
        var folder = Path.Combine(output, RunFolder.Name);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(output, e, "nothing was copied");
        }

        AtomicFile.Write(Path.Combine(folder, RunFolder.JournalName), stream =>
        {
            var block = new byte[1 << 16];
            for (var offset = 0L; offset < scan.GoodBytes;)
            {
                var read = file.Read(offset, block.AsSpan(0, (int)Math.Min(block.Length, scan.GoodBytes - offset)));
                stream.Write(block, 0, read);
                offset += read;
            }
        });
        AtomicFile.WriteAllText(Path.Combine(folder, RunManifest.FileName), ResultJson.Serialize(manifest));
        return (int)scan.Entries;
    }
}
