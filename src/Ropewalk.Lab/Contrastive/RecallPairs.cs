using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Contrastive;

/// <summary>A question and the document that holds the fact it asks for, hidden at any place of a generated story or of the training text. The hard negative
/// is the same document with the same fact about somebody else.</summary>
/// <param name="tokens">Makes tokens.</param>
/// <param name="texts">Texts to hide facts in.</param>
/// <param name="stories">Stories to hide facts in, as tokens without special ones.</param>
public sealed class RecallPairs(EmbedderTokens tokens, SpanPairs texts, IReadOnlyList<int[]> stories)
{
    private const int ShortestDocument = 48;

    /// <summary>Stories for <see cref="RecallPairs"/>.</summary>
    /// <param name="tokens">Makes tokens.</param>
    /// <param name="seed">Which stories.</param>
    public static IReadOnlyList<int[]> Stories(EmbedderTokens tokens, ulong seed) =>
        [.. StoryGenerator.Documents(seed, NumStories, CharactersOfStory).Select(s => tokens.Body(s.Text))];

    /// <summary>A pair to train on.</summary>
    public TrainingPair Draw(CounterRandom random, int longest) =>
        Make(random, (int)(ShortestDocument * Math.Pow((double)longest / ShortestDocument, random.NextDouble())));

    /// <summary>A pair whose document has a given number of tokens.</summary>
    public TrainingPair Make(CounterRandom random, int length)
    {
        var (fact, question, other) = RecallFacts.Make(random);
        int[] told = tokens.Body($" {fact} "), wrong = tokens.Body($" {other} ");
        var room = Math.Max(0, length - tokens.NumSpecial - Math.Max(told.Length, wrong.Length));
        var filler = random.NextInt(2) == 0 ? texts.Stretch(random, room).ToArray() : Story(random, room);
        var at = random.NextInt(room + 1);
        int[] Document(int[] sentence) => tokens.Frame([.. filler[..at], .. sentence, .. filler[at..]]);
        return new TrainingPair(tokens.Encode(question), Document(told), [Document(wrong)]);
    }

    private const int NumStories = 64;
    private const int CharactersOfStory = 20_000;

    private int[] Story(CounterRandom random, int length)
    {
        var story = stories[random.NextInt(stories.Count)];
        var start = random.NextInt(Math.Max(1, story.Length - length + 1));
        return story[start..Math.Min(story.Length, start + length)];
    }
}
