using System.Text;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Random texts in the way of llama.cpp's own random tests: what is encoded is decoded again where nothing is lost by
/// design, and ends with known ids everywhere.</summary>
public sealed class RandomTextTests
{
    private const int Texts = 400;

    private static readonly string[] Edges =
    [
        "", " ", "  ", "\t", "\n", "\r\n", "\n\n ", "\0", "\u0001", "\u007F", "\u0085", "\u00A0", "\u1680", "\u200B", "\u200D", "\u2028", "\u2581", "\u2581\u2581", "\u3000", "\uFEFF", "\uFFFD",
        "'s", "'S", "'re", "'LL", "\u2019s", "'", "''", "don't", "1", "12", "123456", "\u00BD", "\u00B2", "\u0661", "\u2167", "a\u0301", "\u0301\u0323", "\u00DF", "\u1E9E", "\u0130", "\u0131", "\u017F",
        "C\u1EEDa Vi\u1EC7t", "\u4E2D\u6587", "\u65E5\u672C\u8A9E\u30C6\u30B9\u30C8", "\uD55C\uAD6D\uC5B4", "\u0E20\u0E32\u0E29\u0E32", "\uFDFA", "\U0001F600", "\U0001F468\u200D\U0001F469", "\U0001D518", "\U00020000", "\uD800", "\uDC00",
        "<s>", "</s>", "<unk>", "<|endoftext|>", "<|im_end|>", "<|user|>", "[CLS]", "[MASK]", "<0x0A>", "##a", "\u0120a",
    ];

    [SharedTheory]
    [InlineData("phi-2")]
    [InlineData("falcon")]
    [InlineData("bytes2m")]
    [InlineData("qwen2.5")]
    public void Byte_level_texts_come_back(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        var normalizer = name == "qwen2.5" ? new UnicodeNormalizer(compatibility: false, compose: true) : null;
        var compared = 0;
        foreach (var text in Generate(tokenizer, 1))
        {
            // Falcon has no tokens for some bytes (rare controls, planes 8 to 11) and loses them, as in the reference.
            var utf8 = Encoding.UTF8.GetBytes(text);
            if (Array.Exists(utf8, b => tokenizer.TokenId(ByteAlphabet.CharOf(b).ToString()) is null))
            {
                continue;
            }

            compared++;
            var formed = Encoding.UTF8.GetString(utf8);
            var ids = tokenizer.Encode(text, addSpecialTokens: false);

            // Between special tokens each stretch is normalised by itself.
            var expected = normalizer is null ? formed : Normalized(tokenizer, formed, normalizer);
            Assert.Equal(expected, tokenizer.Decode(ids));
            var stream = new StreamingDecoder(tokenizer, skipSpecialTokens: false);
            Assert.Equal(expected, string.Concat(ids.Select(stream.Append)) + stream.Flush());
        }

        Assert.InRange(compared, Texts / 2, Texts);
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("phi-3-mini")]
    [InlineData("stories260K")]
    [InlineData("all-MiniLM-L6-v2")]
    public void Others_end_with_ids_of_theirs_and_decode_alike_in_a_stream(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        foreach (var text in Generate(tokenizer, 2))
        {
            var ids = tokenizer.Encode(text);
            Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            Assert.Equal(ids, tokenizer.Encode(text));
            var stream = new StreamingDecoder(tokenizer, skipSpecialTokens: false);
            Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(stream.Append)) + stream.Flush());
        }
    }

    private static string Normalized(Tokenizer tokenizer, string text, UnicodeNormalizer normalizer)
    {
        var cuts = new List<(AddedToken? Token, int Start, int End)>();
        new AddedTokenMatcher(tokenizer.Parts.AddedTokens.Select(t => (t, t.Content))).Cut(text, matchSpecial: true, cuts);
        return string.Concat(cuts.Select(c => c.Token is null ? normalizer.Normalize(text[c.Start..c.End]) : text[c.Start..c.End]));
    }

    private static IEnumerable<string> Generate(Tokenizer tokenizer, int seed)
    {
        var random = new Random(seed);
        for (var n = 0; n < Texts; n++)
        {
            var text = new StringBuilder();
            var kind = random.Next(6);
            for (var i = random.Next(1, kind is 0 or 3 ? 40 : 14); i > 0; i--)
            {
                text.Append(Part(kind < 5 ? kind : random.Next(5)));
            }

            yield return text.ToString();
        }

        string Part(int kind) => kind switch
        {
            0 => AnyCharacter(random),
            1 => Edges[random.Next(Edges.Length)],
            2 => tokenizer.TokenText(random.Next(tokenizer.VocabularySize)) + (random.Next(2) == 0 ? " " : ""),
            3 => ((char)random.Next(0x20, 0x7F)).ToString(),
            _ => (random.Next(2) == 0 ? " " : "") + Added(tokenizer, random) + (random.Next(2) == 0 ? " " : "'"),
        };
    }

    private static string Added(Tokenizer tokenizer, Random random) =>
        tokenizer.Parts.AddedTokens is { Count: > 0 } added ? added[random.Next(added.Count)].Content : "<|x|>";

    /// <summary>From small alphabets more often than from large ones.</summary>
    private static string AnyCharacter(Random random)
    {
        var point = random.Next(random.Next(4) switch { 0 => 0x100, 1 => 0x3000, 2 => 0x10000, _ => 0x110000 });
        return point is >= 0xD800 and < 0xE000 ? "\uFFFD" : char.ConvertFromUtf32(point);
    }
}
