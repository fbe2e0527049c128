using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Contrastive;

/// <summary>A question and the document that holds the line it asks for, hidden at any place of a generated story or of the training text. The hard negative
/// is the same text with another line: a fact about somebody else, or other words. Pairs that are given the same surroundings differ in their lines alone, so
/// that nothing else tells their documents apart.</summary>
/// <param name="tokens">Makes tokens.</param>
/// <param name="texts">Texts to hide facts in.</param>
/// <param name="stories">Stories to hide facts in, as tokens without special ones.</param>
/// <param name="window">Tokens of the longest text, with what is put around it.</param>
/// <param name="around">Tokens that are put around a text: special ones and prompts.</param>
/// <param name="queryPrompt">What is put before a question, which decides what its first token is.</param>
public sealed class RecallPairs(EmbedderTokens tokens, SpanPairs texts, IReadOnlyList<int[]> stories, int window, int around, string queryPrompt)
{
    private const int ShortestDocument = 48;
    private const int ShortestLine = 12;
    private const int LongestLine = 32;
    private const int Tries = 200;
    private const int NumStories = 64;
    private const int CharactersOfStory = 20_000;
    private const int CharactersOfToken = 6;

    /// <summary>Stories for <see cref="RecallPairs"/>.</summary>
    /// <param name="tokens">Makes tokens.</param>
    /// <param name="window">Tokens of the longest text, which a story is to fill.</param>
    /// <param name="seed">Which stories.</param>
    public static IReadOnlyList<int[]> Stories(EmbedderTokens tokens, int window, ulong seed) =>
        [.. StoryGenerator.Documents(seed, NumStories, Math.Max(CharactersOfStory, CharactersOfToken * window)).Select(s => tokens.Body(s.Text))];

    /// <summary>A pair to train on, without special tokens and prompts.</summary>
    /// <param name="random">Of this pair.</param>
    /// <param name="surroundings">Of the document's length and of what the line is hidden in.</param>
    /// <exception cref="UserInputException">No line fits into the window.</exception>
    public TrainingPair Draw(CounterRandom random, CounterRandom surroundings) => Make(
        random.NextInt(2) == 0 ? PairKind.Facts : PairKind.Lines, random, surroundings, (int)(ShortestDocument * Math.Pow((double)window / ShortestDocument, surroundings.NextDouble())), isHeldOut: false);

    /// <summary>A pair whose document has a given number of tokens with what is put around it, or more where no line is as short.</summary>
    /// <param name="kind">Facts or lines.</param>
    /// <param name="random">Of this pair.</param>
    /// <param name="surroundings">Of what the line is hidden in.</param>
    /// <param name="length">Tokens of the document.</param>
    /// <param name="isHeldOut">Whether lines come from passages that are held out.</param>
    /// <exception cref="UserInputException">No line fits into the window.</exception>
    public TrainingPair Make(PairKind kind, CounterRandom random, CounterRandom surroundings, int length, bool isHeldOut)
    {
        for (var i = 0; i < Tries; i++)
        {
            var (asked, told, wrong) = kind == PairKind.Facts ? Fact(random) : Line(random, isHeldOut);
            var needed = around + Math.Max(told.Length, wrong.Length);
            if (asked.Length + around <= window && needed <= (i < Tries / 2 ? length : window))
            {
                return Hide(random, surroundings, asked, told, wrong, length, Math.Max(0, length - needed));
            }
        }

        throw new UserInputException($"window: found {window} tokens, expected room for a fact: a longer window, or a larger --vocabulary");
    }

    private (int[] Asked, int[] Told, int[] Wrong) Fact(CounterRandom random)
    {
        var (fact, question, other) = RecallFacts.Make(random);
        return (tokens.BodyAfter(queryPrompt, question), tokens.Body($" {fact} "), tokens.Body($" {other} "));
    }

    /// <summary>A piece of text, which is asked for by what is left of it without a third to a half: the answer to a question is not in it.</summary>
    private (int[] Asked, int[] Told, int[] Wrong) Line(CounterRandom random, bool isHeldOut)
    {
        var length = Math.Min(ShortestLine + random.NextInt(LongestLine - ShortestLine + 1), window / 2);
        int[] told = [.. texts.Stretch(random, length, isHeldOut)], wrong = [.. texts.Stretch(random, length, isHeldOut)];
        var missing = (length / 3) + random.NextInt((length / 6) + 1);
        var at = random.NextInt(length - missing + 1);
        return ([.. told[..at], .. told[(at + missing)..]], told, wrong);
    }

    private TrainingPair Hide(CounterRandom random, CounterRandom surroundings, int[] asked, int[] told, int[] wrong, int length, int room)
    {
        // As long as the document, whatever the line takes: so it is the same for all lines.
        int[] filler = surroundings.NextInt(2) == 0 ? [.. texts.Stretch(surroundings, length, isHeldOut: false)] : Story(surroundings, length);
        filler = filler[..Math.Min(room, filler.Length)];
        int[] Document(int[] line)
        {
            var at = random.NextInt(filler.Length + 1);
            return [.. filler[..at], .. line, .. filler[at..]];
        }

        return new TrainingPair(asked, Document(told), [Document(wrong)]);
    }

    private int[] Story(CounterRandom random, int length)
    {
        var story = stories[random.NextInt(stories.Count)];
        var start = random.NextInt(Math.Max(1, story.Length - length + 1));
        return story[start..Math.Min(story.Length, start + length)];
    }
}
