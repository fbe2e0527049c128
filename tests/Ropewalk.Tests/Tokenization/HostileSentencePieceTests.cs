using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;
using static Ropewalk.Tests.Tokenization.SentencePieceBytes;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Whatever a tokenizer.model holds, the complaint is one line of ours.</summary>
public sealed class HostileSentencePieceTests
{
    private const string Long = "FFFFFFFFFFFFFFFFFFFF01";

    [Fact]
    public void The_small_file_itself_is_fine()
    {
        var tokenizer = Load(Small());
        Assert.Equal([6, 5, 6, 3, 0, 4], tokenizer.Encode("  ab  a?\u2603b "));
        Assert.Equal("ab", tokenizer.Decode([6, 5]));
        Assert.Equal(2, tokenizer.EosToken);
        Assert.Equal([1, 6, 3], tokenizer.Encode("<s>a"));
        Assert.DoesNotContain(1, tokenizer.Encode("<s>a", matchSpecialTokens: false));
    }

    [Fact]
    public void Cut_or_with_any_byte_replaced_it_is_read_or_refused_in_one_line()
    {
        var bytes = Small();
        for (var at = 0; at < bytes.Length; at++)
        {
            Try(bytes[..at]);
            foreach (var value in new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFF, (byte)(bytes[at] ^ 0x04), (byte)(bytes[at] + 1) })
            {
                var copy = bytes.ToArray();
                copy[at] = value;
                Try(copy);
            }
        }
    }

    [Theory]
    [InlineData("78" + Long, "a number of more than 10 bytes")]
    [InlineData("0A" + Long, "a number of more than 10 bytes")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "a length of 18446744073709551615")]
    [InlineData("0AFFFFFF7F00", "a length of 268435455")]
    [InlineData("0A05", "at most the 0 bytes that are left")]
    [InlineData("0A02" + "0A05", "pieces[7], byte")]
    [InlineData("0B0C", "a group")]
    [InlineData("0A020B0C", "a group")]
    [InlineData("2C", "a group")]
    [InlineData("0E00", "the wire type 6")]
    [InlineData("0700", "the field number 0")]
    [InlineData("0801", "wire type 0 for field 1")]
    [InlineData("85", "a number cut off at the end")]
    [InlineData("7D0000", "a number of 4")]
    [InlineData("7900000000", "a number of 8")]
    [InlineData("0A080A0163150000C07F", "the score NaN")]
    [InlineData("0A080A0163150000807F", "the score")]
    [InlineData("0A050A01631807", "the type 7")]
    [InlineData("0A030A0161", "a second piece \"a\"")]
    [InlineData("0A020A00", "an empty piece")]
    [InlineData("0A030A01FF", "not UTF-8")]
    [InlineData("0A050A01631806", "\"c\" as a byte")]
    [InlineData("1A041202FFFF", "precompiled_charsmap")]
    public void What_lies_is_named(string hex, string named)
    {
        byte[] bytes = [.. Small(), .. Convert.FromHexString(hex)];
        var e = Assert.Throws<CheckpointFormatException>(() => Load(bytes));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.model", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("12021803", "model_type")]
    [InlineData("1203C00101", "treat_whitespace_as_suffix")]
    [InlineData("2A03120141", "denormalizer_spec")]
    public void What_is_valid_and_not_ours_is_named(string hex, string named)
    {
        byte[] bytes = [.. Small(), .. Convert.FromHexString(hex)];
        Assert.Contains(named, Assert.Throws<UnsupportedCheckpointException>(() => Load(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_pieces_or_unknown_piece_are_refused()
    {
        Assert.Throws<CheckpointFormatException>(() => Load([]));
        Assert.Contains("what is unknown", Assert.Throws<CheckpointFormatException>(() => Load(Piece("a", 0, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_table_of_replacements_ends_no_program()
    {
        using var golden = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(
            Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "tokenizer_components.json")));
        var model = golden.RootElement.GetProperty("sentence_pieces")[0].GetProperty("model").GetBytesFromBase64();
        var texts = golden.RootElement.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!).ToArray();
        var random = new Random(11);
        for (var n = 0; n < 300; n++)
        {
            // The table stands at the end of the file.
            var copy = model.ToArray();
            for (var i = 0; i < 40; i++)
            {
                copy[random.Next(copy.Length - 4000, copy.Length)] = (byte)random.Next(256);
            }

            Try(copy, texts);
        }
    }

    private static void Try(byte[] bytes, params string[] texts)
    {
        try
        {
            var tokenizer = Load(bytes);
            foreach (var text in texts.Append(" a b\u2603ab "))
            {
                tokenizer.Encode(text);
            }
        }
        catch (Exception e) when (e is CheckpointFormatException or UnsupportedCheckpointException)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static Tokenizer Load(byte[] bytes)
    {
        using var folder = new TokenizerFiles().With("tokenizer.model", bytes);
        return Tokenizer.Load(folder.Path);
    }
}
