using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>Passkey: a person and a number in sentences that say nothing, over and over; the question names the person. LongEmbed's form with names and
/// sentences of our own.</summary>
internal static class PasskeyTexts
{
    /// <summary>As many different people as there are.</summary>
    public static int Most => s_first.Length * s_last.Length;

    private const int SmallestKey = 10_000;
    private const int NumKeys = 90_000;

    private static readonly string[] s_first =
        ["Agnes", "Bruno", "Clara", "Dario", "Edith", "Felix", "Gerda", "Henrik", "Irma", "Jonas", "Karin", "Luca", "Maren", "Nils", "Olga", "Pavel", "Ruth", "Stefan", "Thea", "Ulrich"];

    private static readonly string[] s_last =
        ["Abbott", "Berger", "Carver", "Dahl", "Engel", "Farrow", "Grant", "Holm", "Ibsen", "Jarvis", "Keller", "Lorenz", "Marsh", "Nolan", "Osman", "Pryor", "Quill", "Reyes", "Sander", "Thorne"];

    private static readonly string[] s_sentences =
        ["The kettle hums on the stove.", "Rain runs down the window.", "Somebody counts the chairs.", "The cat turns over and sleeps on.", "A cart goes by and is gone.", "Nothing else happens for a while."];

    /// <summary>What keys are hidden in.</summary>
    public static Filler Filler { get; } = new(s_sentences, repeats: true);

    /// <summary>People with their keys, all different.</summary>
    public static IReadOnlyList<HiddenLine> Lines(CounterRandom random, int count)
    {
        var keys = new HashSet<int>();
        return [.. SyntheticTask.Shuffled(random, Most).Take(count).Select(person =>
        {
            int key;
            do
            {
                key = SmallestKey + random.NextInt(NumKeys);
            }
            while (!keys.Add(key));

            var name = $"{s_first[person % s_first.Length]} {s_last[person / s_first.Length]}";
            return new HiddenLine($"The pass key of {name} is {key}. Do not forget it: {key} opens the door of {name}.", $"What is the pass key of {name}?");
        })];
    }
}
