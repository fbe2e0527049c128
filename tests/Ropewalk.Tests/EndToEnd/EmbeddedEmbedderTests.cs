using System.Security.Cryptography;
using Ropewalk.Engine.Embedding;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>The embedder that ships: the first commands with texts on a fresh clone, without a model's name and from any folder.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EmbeddedEmbedderTests : IDisposable
{
    private const string Name = "prose-embed";
    private static readonly string s_model = Path.Combine(AppContext.BaseDirectory, "models", Name);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Embed_and_search_work_without_a_model()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string[] texts = ["The captain hid the lantern in the tower.", "Her pass key is 41729. Remember it.", "Bread is baked before the sun is up."];
        _folder.Write("docs.txt", string.Join('\n', texts) + "\n");
        using var child = Command.Start("exec \"$@\"", _folder.Root, "embed", "--in", "docs.txt", "--out", "vectors.npy");
        var run = Command.Finish(child);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains($"no MODEL given: embedding with the embedded embedder {Name}", run.Error, StringComparison.Ordinal);
        Assert.Equal(["docs.txt", "vectors.npy", "vectors.npy.ids.json"], _folder.Entries());

        // Its vectors are those of the folder.
        Assert.Equal(0, Command.Run("embed", s_model, "--in", _folder.PathOf("docs.txt"), "--out", _folder.PathOf("named.npy")).Code);
        var bytes = File.ReadAllBytes(_folder.PathOf("named.npy"));
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(_folder.PathOf("vectors.npy"))));
        using var embedder = TextEmbedder.Load(s_model);
        var vectors = embedder.Embed(texts);
        Assert.Equal(Pooling.Mean, embedder.Pooling);
        Assert.All(vectors, v => Assert.Equal(1, Math.Sqrt(v.Vector.Sum(x => (double)x * x)), 1e-5));
        Assert.True(bytes.AsSpan()[^(texts.Length * embedder.Width * sizeof(float))..].SequenceEqual(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([.. vectors.SelectMany(v => v.Vector)])));

        var found = Command.Run("search-docs", _folder.PathOf("vectors.npy"), texts[1], "--top", "1");
        Assert.True(found.Code == 0, found.Error);
        Assert.Contains($"no --model given: the query is embedded with the embedded embedder {Name}", found.Error, StringComparison.Ordinal);
        Assert.Matches("^ +1.0000  2\n$", found.Output);
    }

    [Fact]
    public void It_finds_pass_keys_within_its_window()
    {
        var run = Command.Run("bench", "longembed", "--tasks", "passkey", "--lengths", "256", "--methods", "none", "--out", _folder.PathOf("out"), "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains($"no MODEL given: measuring the embedded embedder {Name}", run.Error, StringComparison.Ordinal);
        var task = Assert.Single(run.Json.GetProperty("tasks").EnumerateArray());
        var method = Assert.Single(task.GetProperty("methods").EnumerateArray());
        Assert.Equal(0, method.GetProperty("documents_that_did_not_fit").GetInt32());

        // The card has 46 % of 50 queries among 100 documents, where guessing finds 1 %.
        Assert.True(method.GetProperty("score").GetDouble() >= 0.4, method.GetProperty("score").GetRawText());
    }

    [Fact]
    public void Its_card_names_the_files_that_are_there_and_they_are_small()
    {
        var card = File.ReadAllText(Path.Combine(s_model, "README.md"));
        foreach (var name in (string[])["model.safetensors", "tokenizer.json"])
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(s_model, name))));
            Assert.Contains($"| `{name}` | `{hash}` |", card, StringComparison.Ordinal);
        }

        Assert.InRange(Directory.EnumerateFiles(s_model, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), 1_000_000, 10_000_000);
    }
}
