using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>--text takes a folder wherever it takes a file.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class TextFolderTests
{
    [Fact]
    public void A_folder_stands_for_its_texts_and_those_of_folders_in_it()
    {
        using var folder = new TemporaryFolder();
        var (a, b) = (folder.PathOf("books/a.txt"), folder.PathOf("books/more/b.txt"));
        Directory.CreateDirectory(Path.GetDirectoryName(b)!);
        File.WriteAllText(a, string.Concat(Enumerable.Range(0, 60).Select(i => $"The {i}th ship came home. ")));
        File.WriteAllText(b, string.Concat(Enumerable.Range(0, 60).Select(i => $"Nobody saw the {i}th storm. ")));
        File.WriteAllText(folder.PathOf("books/notes.md"), "no text");
        double Nll(params string[] texts) => Command.Result(["perplexity", Command.Embedded, "--context", "256", "--text", .. texts]).GetProperty("nll").GetDouble();
        Assert.Equal(Nll(a, b), Nll(folder.PathOf("books")));
        Assert.NotEqual(Nll(a), Nll(folder.PathOf("books")));
    }

    [Fact]
    public void A_folder_in_it_that_cannot_be_read_is_refused()
    {
        // Permissions do not bind root until it gives that right up.
        var shell = !Environment.IsPrivilegedProcess ? "exec \"$@\"" : "exec setpriv --bounding-set=-dac_override,-dac_read_search \"$@\"";
        if (!OperatingSystem.IsLinux() || (Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv")))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "Once upon a time.");
        var locked = Directory.CreateDirectory(folder.PathOf("locked")).FullName;
        File.SetUnixFileMode(locked, UnixFileMode.None);
        try
        {
            using var child = Command.Start(shell, folder.Root, "perplexity", Command.Embedded, "--context", "256", "--text", folder.Root);
            var run = Command.Finish(child);
            Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Error}");
            var complaint = Assert.Single(run.Complaints);
            Assert.Contains(locked, complaint, StringComparison.Ordinal);
            Assert.Contains("cannot be read", complaint, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
