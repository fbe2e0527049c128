using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Contrastive;

/// <summary>A question and the document that holds the fact it asks for, hidden at any place of a generated story or of the training text. The hard negative
/// is another text with the same fact about somebody else.</summary>
/// <param name="tokens">Makes tokens.</param>
/// <param name="texts">Texts to hide facts in.</param>
/// <param name="stories">Stories to hide facts in, as tokens without special ones.</param>
/// <param name="window">Tokens of the longest text, with what is put around it.</param>
/// <param name="around">Tokens that are put around a text: special ones and prompts.</param>
public sealed class RecallPairs(EmbedderTokens tokens, SpanPairs texts, IReadOnlyList<int[]> stories, int window, int around)
{
    private const int ShortestDocument = 48;
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
    /// <exception cref="UserInputException">No fact fits into the window.</exception>
    public TrainingPair Draw(CounterRandom random) =>
        Make(random, (int)(ShortestDocument * Math.Pow((double)window / ShortestDocument, random.NextDouble())));

    /// <summary>A pair whose document has a given number of tokens with what is put around it, or more where no fact is as short.</summary>
    /// <exception cref="UserInputException">No fact fits into the window.</exception>
    public TrainingPair Make(CounterRandom random, int length)
    {
        for (var i = 0; i < Tries; i++)
        {
            var (fact, question, other) = RecallFacts.Make(random);
            int[] asked = tokens.Body(question), told = tokens.Body($" {fact} "), wrong = tokens.Body($" {other} ");
            var needed = around + Math.Max(told.Length, wrong.Length);
            if (asked.Length + around <= window && needed <= (i < Tries / 2 ? length : window))
            {
                return Hide(random, asked, told, wrong, Math.Max(0, length - needed));
            }
        }

        throw new UserInputException($"window: found {window} tokens, expected room for a fact: a longer window, or a larger --vocabulary");
    }

    private TrainingPair Hide(CounterRandom random, int[] asked, int[] told, int[] wrong, int room)
    {
        int[] Document(int[] sentence)
        {
            // Each its own: a text that both shared would teach that what surrounds a fact means nothing.
            var filler = random.NextInt(2) == 0 ? texts.Stretch(random, room).ToArray() : Story(random, room);
            var at = random.NextInt(filler.Length + 1);
            return [.. filler[..at], .. sentence, .. filler[at..]];
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
