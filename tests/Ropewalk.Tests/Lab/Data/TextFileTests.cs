using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.Data;

public sealed class TextFileTests
{
    [Fact]
    public void A_byte_order_mark_is_no_text()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("a\u00e9\ud83d\ude00\r\n", TextFile.Read(folder.Write("a.txt", [0xEF, 0xBB, 0xBF, .. "a\u00e9\ud83d\ude00\r\n"u8])));
        Assert.Equal("a", TextFile.Read(folder.Write("b.txt", "a"u8.ToArray())));
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x62, 0xFF, 0x63 }, 2)]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0x80 }, 4)]
    [InlineData(new byte[] { 0x61, 0xC3, 0xA9, 0xE2, 0x82 }, 3)]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, 0)]
    [InlineData(new byte[] { 0x61, 0xC0, 0xAF }, 1)]
    public void A_byte_that_is_not_utf8_is_named_by_its_offset(byte[] bytes, int offset)
    {
        using var folder = new TemporaryFolder();
        OneLine(() => TextFile.Read(folder.Write("a.txt", bytes)), "a.txt", $"at offset {offset},");
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x00, 0x62 }, 1)]
    [InlineData(new byte[] { 0x61, 0x00, 0x62, 0x00 }, 1)]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0x00 }, 4)]
    public void A_zero_is_no_text_though_it_is_valid_utf8(byte[] bytes, int offset)
    {
        using var folder = new TemporaryFolder();
        OneLine(() => TextFile.Read(folder.Write("a.txt", bytes)), "a.txt", "the character 0", $"at offset {offset},");
    }

    [Fact]
    public void What_is_no_text_is_one_line()
    {
        using var folder = new TemporaryFolder();
        OneLine(() => TextFile.Read(folder.PathOf("none.txt")), "none.txt", "nothing there");
        OneLine(() => TextFile.Read(folder.Root), folder.Root, "folder");
        if (OperatingSystem.IsLinux())
        {
            OneLine(() => TextFile.Read("/dev/zero"), "/dev/zero", "device");
        }

        OneLine(() => TextFile.Read(folder.Write("empty.txt", Array.Empty<byte>())), "empty.txt", "empty");
        OneLine(() => TextFile.Read(folder.Write("mark.txt", [0xEF, 0xBB, 0xBF])), "mark.txt", "empty");
    }

    private static void OneLine(Action action, params string[] parts)
    {
        var error = Assert.ThrowsAny<RopewalkException>(action);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
