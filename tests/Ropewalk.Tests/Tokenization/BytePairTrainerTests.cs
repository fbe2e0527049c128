using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Tokenization;

public sealed class BytePairTrainerTests
{
    [Fact]
    public void Merges_are_those_of_counting_everything_anew()
    {
        var random = new CounterRandom(3);
        var text = string.Concat(Enumerable.Range(0, 900).Select(_ => " " + string.Concat(Enumerable.Range(0, 1 + random.NextInt(6)).Select(_ => "aabcé"[random.NextInt(5)]))));
        var trainer = new BytePairTrainer();
        trainer.Add(text);
        const int Size = 320;
        var tokenizer = Tokenizer.Parse(trainer.Train(Size), "tokenizer.json");
        Assert.Equal(Size, tokenizer.VocabularySize);

        // The definition: count all pairs of all words, merge the most frequent one everywhere, begin again.
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => System.Text.Encoding.UTF8.GetBytes(" " + w).Select(b => (int)b).ToList()).ToList();
        for (var id = 256; id < Size - 1; id++)
        {
            var (first, second) = words.SelectMany(w => w.Zip(w.Skip(1))).CountBy(p => p).OrderByDescending(p => p.Value).ThenBy(p => p.Key).First().Key;
            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == first && word[i + 1] == second)
                    {
                        word[i] = id;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }

        Assert.Equal(words.SelectMany(w => w), tokenizer.Encode(text));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal(Size - 1, tokenizer.TokenId(BytePairTrainer.EndOfText));
    }

    [Fact]
    public void The_smallest_vocabulary_is_the_bytes()
    {
        var tokenizer = Tokenizer.Parse(new BytePairTrainer().Train(BytePairTrainer.Smallest), "tokenizer.json");
        Assert.Equal([0xC3, 0xA9, 0x20, 0x61, 0x0A], tokenizer.Encode("é a\n"));
    }

    [Fact]
    public void Too_little_text_is_said()
    {
        var trainer = new BytePairTrainer();
        trainer.Add("abab abab");
        var e = Assert.Throws<UserInputException>(() => trainer.Train(1000));
        Assert.StartsWith("--vocabulary: found 1000, expected at most ", e.Message, StringComparison.Ordinal);
    }
}
