using System.Text.RegularExpressions;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Training;

public sealed partial class RecallTests
{
    private static readonly Tokenizer s_tokenizer = Learnt();

    [Fact]
    public void Whatever_is_asked_was_told_before()
    {
        var texts = new RecallTexts(s_tokenizer);
        var (keys, facts, lists) = (0, 0, 0);
        for (ulong seed = 0; seed < 200; seed++)
        {
            var text = texts.Make(new CounterRandom(seed), 100 + (int)(seed * 11));
            Assert.Equal(text, texts.Make(new CounterRandom(seed), 100 + (int)(seed * 11)));
            if (Question().Match(text) is { Success: true } question)
            {
                keys++;
                Assert.Contains($"The pass key is {question.Groups["key"].Value}. Remember it.", text[..question.Index], StringComparison.Ordinal);
            }
            else if (text.StartsWith("List: ", StringComparison.Ordinal))
            {
                lists++;
                var readings = text.Split('\n');
                Assert.InRange(readings.Length, 2, 8);
                Assert.Single(readings.Distinct());
            }
            else
            {
                facts++;

                // The last sentence is one of the facts: it stands somewhere before as well.
                var last = LastSentence().Match(text).Value.Trim();
                Assert.True(text.IndexOf(last, StringComparison.Ordinal) < text.Length - last.Length, text);
            }
        }

        Assert.True(keys > 60 && facts > 25 && lists > 25, $"{keys}, {facts}, {lists}");
    }

    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(1500)]
    public void Sequences_are_as_long_as_asked_and_their_texts_whole(int length)
    {
        var end = s_tokenizer.TokenId(BytePairTrainer.EndOfText)!.Value;
        var source = new RecallSource(s_tokenizer, end);
        var answered = 0;
        for (ulong seed = 0; seed < 12; seed++)
        {
            var tokens = source.Make(new CounterRandom(7, seed), length);
            Assert.Equal(length, tokens.Length);
            Assert.Equal(tokens, source.Make(new CounterRandom(7, seed), length));
            foreach (var text in s_tokenizer.Decode(tokens).Split(BytePairTrainer.EndOfText)[..^1].Where(t => t.Contains("What is the pass key?", StringComparison.Ordinal)))
            {
                Assert.Matches(Question(), text);
                answered++;
            }
        }

        Assert.True(length < 100 || answered > 0);
    }

    [Fact]
    public void A_share_of_the_sequences_is_recall_and_the_others_stay()
    {
        var settings = new TrainingSettings { Steps = 1, Window = 64, LearningRate = 1, Seed = 2 };
        var source = new StretchSource([new TokenDocument("zeros", new int[5000])], null, 64, 3);
        var geometry = new RopeGeometry(8, 10000, 64);
        var frequencies = new RopeFrequencies(geometry.InverseFrequencies());
        using var mixed = new SequenceMaker(settings with { RecallShare = 0.3 }, source, frequencies, 64, new RecallSource(s_tokenizer, null));
        var recall = 0;
        for (var n = 0; n < 400; n++)
        {
            var sequence = mixed.Make(n, frequencies);
            Assert.Equal((64, 64), (sequence.Tokens.Length, sequence.Targets.Length));
            Assert.Equal(sequence.Tokens[1..], sequence.Targets[..^1]);
            recall += sequence.Tokens.Any(t => t != 0) ? 1 : 0;
        }

        Assert.InRange(recall, 90, 150);
    }

    [Fact]
    public void Stories_are_a_share_of_the_characters()
    {
        using var folder = new Formats.TemporaryFolder();
        File.WriteAllText(folder.PathOf("a.txt"), new string('a', 1_000_000));
        var texts = TrainingTexts.All([folder.Root], 0.25, 1);
        var stories = texts.Skip(1).Sum(t => (long)t.Text.Length);
        Assert.InRange((double)stories / (stories + 1_000_000), 0.25, 0.27);
        Assert.Single(TrainingTexts.All([folder.Root], 0, 1));
    }

    [Fact]
    public void Digits_are_tokens_of_their_own()
    {
        var ids = s_tokenizer.Encode("12345 in 1851", addSpecialTokens: false);
        Assert.Equal("12345", s_tokenizer.Decode(ids.AsSpan(0, 5)));
        Assert.Equal([.. "12345".Select(c => (int)c)], ids[..5]);
        Assert.Equal([.. "1851".Select(c => (int)c)], ids[^4..]);
    }

    private static Tokenizer Learnt()
    {
        var trainer = new BytePairTrainer();
        foreach (var story in StoryGenerator.Documents(1, 10, 20_000))
        {
            trainer.Add(story.Text + " 12345 12345 12345 1851 1851 1851");
        }

        return Tokenizer.Parse(trainer.Train(800), "tokenizer.json");
    }

    [GeneratedRegex(@"What is the pass key\? The pass key is (?<key>\d{5})\.$", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Question();

    [GeneratedRegex(@"[^.\n]+\.$", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LastSentence();
}
