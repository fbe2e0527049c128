using System.Text;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Any ids in any order: what a stream gives is text at every moment, and all of it is the whole decoded.</summary>
public sealed class StreamingDecoderTests
{
    public static TheoryData<string> Names() => [.. TokenizerFolders.Names];

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Random_ids_give_text_at_every_moment(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var ids = Enumerable.Range(0, 200).Select(_ => random.Next(tokenizer.VocabularySize)).ToArray();
            var parts = Parts(tokenizer, ids);
            Assert.All(parts, p => Assert.Equal(p, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(p))));

            // .NET's decoder over all bytes at once is the judge.
            byte[] bytes = [.. ids.SelectMany((id, i) => tokenizer.DecodeBytes(id, isFirst: i == 0))];
            Assert.Equal(Encoding.UTF8.GetString(bytes), string.Concat(parts));
            if (!IsByteFallback(tokenizer))
            {
                Assert.Equal(tokenizer.Decode(ids), string.Concat(parts));
            }
        }
    }

    /// <summary>With byte tokens a run that is broken anywhere is one U+FFFD for each byte to the reference, which no stream can know in
    /// time; so these runs are whole characters.</summary>
    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("phi-3-mini")]
    [InlineData("llama2xs")]
    [InlineData("stories260K")]
    public void Byte_tokens_of_whole_characters_are_decoded_as_at_once(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        var first = tokenizer.TokenId("<0x00>")!.Value;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var ids = new List<int>();
            while (ids.Count < 200)
            {
                var id = random.Next(tokenizer.VocabularySize);
                if (id < first || id > first + 255)
                {
                    ids.Add(id);
                }
                else
                {
                    var rune = new Rune(random.Next(0xE000, 0x110000));
                    ids.AddRange(Encoding.UTF8.GetBytes(rune.ToString()).Select(b => first + b));
                }
            }

            Assert.Equal(tokenizer.Decode([.. ids]), string.Concat(Parts(tokenizer, [.. ids])));
        }
    }

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Ids_that_no_token_has_are_refused(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        foreach (var id in (int[])[-1, int.MinValue, int.MaxValue, tokenizer.VocabularySize])
        {
            Assert.Contains($"token id {id} ", Assert.Throws<UserInputException>(() => tokenizer.Decode([0, id])).Message, StringComparison.Ordinal);
            Assert.Throws<UserInputException>(() => new StreamingDecoder(tokenizer).Append(id));
            Assert.Throws<UserInputException>(() => tokenizer.TokenText(id));
        }
    }

    private static bool IsByteFallback(Tokenizer tokenizer) => tokenizer.TokenId("<0x00>") is not null;

    private static List<string> Parts(Tokenizer tokenizer, int[] ids)
    {
        var stream = new StreamingDecoder(tokenizer, skipSpecialTokens: false);
        return [.. ids.Select(stream.Append), stream.Flush()];
    }
}
