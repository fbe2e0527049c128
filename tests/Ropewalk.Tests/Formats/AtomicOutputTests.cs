using Ropewalk.Engine.Formats;

namespace Ropewalk.Tests.Formats;

public sealed class AtomicOutputTests
{
    [Fact]
    public void File_is_replaced_whole_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("r.json");
        AtomicFile.WriteAllText(path, "old\u00e9");
        Assert.Equal([.. "old"u8, 0xC3, 0xA9], File.ReadAllBytes(path));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old\u00e9", File.ReadAllText(path));
        AtomicFile.WriteAllBytes(path, new byte[] { 1, 2 });
        Assert.Equal([1, 2], File.ReadAllBytes(path));
        Assert.Equal(["r.json"], folder.Entries());
    }

    [Fact]
    public void D5_disk_full_keeps_the_old_file_and_leaves_nothing_else()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        var path = folder.Write("r.json", "old");
        var error = Assert.Throws<StorageException>(() => AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(new byte[1 << 16]);
                using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                full.Write(new byte[1]);
            },
            neededBytes: 1 << 17));
        Assert.True(error.IsDiskFull);
        Assert.StartsWith($"{path}: the disk is full or a size limit is reached, 131072 bytes are needed, ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" are free; the file that was there before, if any, is unchanged", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["r.json"], folder.Entries());
    }

    [Fact]
    public void D5_missing_space_is_known_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<StorageException>(() => AtomicFile.Write(folder.PathOf("x"), _ => Assert.Fail("must not be called"), long.MaxValue));
        Assert.True(error.IsDiskFull);
        Assert.Empty(folder.Entries());
    }

    [Fact]
    public void D5_a_size_limit_reads_as_a_full_disk()
    {
        // What .NET throws for EFBIG (seen under ulimit -f); an argument error of our own carries its value.
        static ArgumentOutOfRangeException TooLarge(object? value) => new(nameof(value), value, "too large");
        Assert.True(StorageException.IsStorageFailure(TooLarge(null)));
        Assert.True(StorageException.From("x", TooLarge(null), "nothing was lost").IsDiskFull);
        Assert.False(StorageException.IsStorageFailure(TooLarge(-1)));
        Assert.False(StorageException.From("x", new IOException("odd"), "kept").IsDiskFull);
    }

    [Fact]
    public void Unwritable_places_are_one_line()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");
        Attack.MustFail(() => AtomicFile.WriteAllText(folder.PathOf("none/x"), ""), 0, "none/x: writing failed", "unchanged");
        Attack.MustFail(() => AtomicFile.WriteAllText(Path.Combine(file, "x"), ""), 0, "unchanged");
        Attack.MustFail(() => AtomicFolder.Create(Path.Combine(file, "x")).Dispose(), 0, "nothing was written");
        Assert.Equal(["file"], folder.Entries());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D6_folder_appears_whole(bool exists)
    {
        using var folder = new TemporaryFolder();
        var target = folder.PathOf("out/deep");
        if (exists)
        {
            Directory.CreateDirectory(target);
            folder.Write("out/deep/run.json", "{}");
            folder.Write("out/deep/config.json", "old");
        }

        using (var output = AtomicFolder.Create(target + "/"))
        {
            output.WriteAllText("config.json", "{}");
            output.WriteAllBytes("b.bin", new byte[3]);
            output.Write("1_Pooling/config.json", stream => stream.WriteByte(1));
            File.WriteAllText(output.PathOf("by-path"), "x");
            Assert.False(File.Exists(Path.Combine(target, "b.bin")));
            output.Commit();
            Assert.Throws<ObjectDisposedException>(output.Commit);
        }

        string[] expected = ["out", "out/deep", "out/deep/1_Pooling", "out/deep/1_Pooling/config.json", "out/deep/b.bin", "out/deep/by-path", "out/deep/config.json"];
        Assert.Equal(exists ? [.. expected, "out/deep/run.json"] : expected, folder.Entries());
        Assert.Equal("{}", File.ReadAllText(Path.Combine(target, "config.json")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D6_without_commit_nothing_is_left(bool exists)
    {
        using var folder = new TemporaryFolder();
        if (exists)
        {
            Directory.CreateDirectory(folder.PathOf("out"));
        }

        using (var output = AtomicFolder.Create(folder.PathOf("out")))
        {
            output.WriteAllText("config.json", "{}");
        }

        Assert.Equal(exists ? ["out"] : [], folder.Entries());
    }

    [Fact]
    public void D6_a_failing_commit_takes_back_what_it_moved()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("out/z.bin/blocks"));
        using (var output = AtomicFolder.Create(folder.PathOf("out")))
        {
            output.WriteAllText("config.json", "{}");
            output.WriteAllText("a.bin", "a");
            output.WriteAllText("z.bin", "z");
            Attack.MustFail(output.Commit, 0, "no part of the export was left there");
        }

        Assert.Equal(["out", "out/z.bin", "out/z.bin/blocks"], folder.Entries());
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("")]
    [InlineData("a//b")]
    public void Names_stay_in_the_folder(string name)
    {
        using var folder = new TemporaryFolder();
        using var output = AtomicFolder.Create(folder.PathOf("out"));
        Assert.Throws<ArgumentException>(() => output.PathOf(name));
    }

    [Fact]
    public void Output_must_be_empty_or_absent()
    {
        using var folder = new TemporaryFolder();
        OutputFolder.RequireEmpty(folder.Root);
        OutputFolder.RequireEmpty(folder.PathOf("a/b"));
        var file = folder.Write("file", "");
        Attack.MustFail(() => OutputFolder.RequireEmpty(folder.Root), 0, "--out: found ", "with files in it (e.g. file)", "expected a folder that is empty or does not exist");
        Attack.MustFail(() => OutputFolder.RequireEmpty(file), 0, "the file ");
        Attack.MustFail(() => OutputFolder.RequireEmpty(file + "/x"), 0, "below the file");
        Attack.MustFail(() => OutputFolder.RequireEmpty("", "--model-out"), 0, "--model-out: found");
        Attack.MustFail(() => OutputFolder.RequireEmpty("a\0"), 0, "--out");
        if (OperatingSystem.IsLinux())
        {
            Attack.MustFail(() => OutputFolder.RequireEmpty("/proc/x"), 0, "/proc, which cannot be written to");
        }

        Assert.Equal(["file"], folder.Entries());
    }
}
