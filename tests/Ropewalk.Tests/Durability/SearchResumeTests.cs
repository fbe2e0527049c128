using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Durability;

/// <summary>A search alone continues as an extension does: from the folder beside its factors.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class SearchResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void A_torn_search_ends_with_the_same_factors()
    {
        string[] search = ["search", Command.Model, "--to", "512", "--text", Command.Stories, "--population", "8", "--iterations", "2", "--windows", "2", "--heldout-windows", "2", "--out"];
        var factors = _folder.PathOf("factors.json");
        var whole = Command.Result([.. search, factors]);
        var run = _folder.PathOf("factors.run");
        Assert.Equal(run, whole.GetProperty("run").GetString());
        var journal = File.ReadAllBytes(Path.Combine(run, "journal"));
        var result = File.ReadAllText(Path.Combine(run, "result.json"));
        var written = File.ReadAllBytes(factors);

        File.Delete(factors);
        File.Delete(Path.Combine(run, "result.json"));
        File.WriteAllBytes(Path.Combine(run, "journal"), journal[..(journal.Length / 3)]);
        var listed = Command.Result("runs", _folder.Root)[0];
        Assert.Equal("stopped", listed.GetProperty("state").GetString());
        Assert.Equal($"ropewalk search --resume {run}", listed.GetProperty("resume").GetString());
        var again = Command.Result("search", "--resume", run);
        Assert.Equal(whole.GetProperty("tokens_evaluated").GetInt64(), again.GetProperty("tokens_evaluated").GetInt64());
        Assert.Equal(journal, File.ReadAllBytes(Path.Combine(run, "journal")));
        Assert.Equal(result, File.ReadAllText(Path.Combine(run, "result.json")));
        Assert.Equal(written, File.ReadAllBytes(factors));

        Assert.Contains("this run is finished", Command.Run("search", "--resume", run).Error, StringComparison.Ordinal);
        Assert.Contains("\"ropewalk search --resume\" continues it", Command.Run("extend", "--resume", run).Error, StringComparison.Ordinal);
        Assert.Contains("MODEL: found none", Command.Run("search", "--to", "512").Error, StringComparison.Ordinal);
        Assert.Contains("--to: found none", Command.Run("search", Command.Model).Error, StringComparison.Ordinal);
        Command.Result([.. search, factors]);
        Assert.True(File.Exists(Path.Combine(_folder.PathOf("factors-2.run"), "result.json")));
    }
}
