using System.Globalization;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Facts about made-up people and towns, each with a question that only the document with the fact answers.</summary>
internal static class RecallFacts
{
    private static readonly string[] s_heads = ["Bel", "Cor", "Dan", "Ed", "Far", "Gil", "Har", "Is", "Jan", "Kes", "Lor", "Mar", "Nor", "Ol", "Per", "Quin", "Ros", "Sel", "Tam", "Ul", "Ver", "Wil", "Yan", "Zel", "Bar", "Cal", "Der", "El", "Fen", "Gor"];
    private static readonly string[] s_middles = ["a", "e", "i", "o", "an", "en", "in", "er", "ar", "or", "el", "al", "is", "us", "ow", "em"];
    private static readonly string[] s_tails = ["da", "ton", "by", "son", "wick", "ley", "man", "ford", "well", "ner", "rick", "mond", "sby", "vin", "ling", "gate", "worth", "den", "mer", "bert"];
    private static readonly string[] s_things = ["silver watch", "old map", "brass key", "blue lamp", "green umbrella", "letter", "violin", "iron box", "red shawl", "ship's bell", "gold ring", "clock", "painted fan", "leather trunk", "sword", "telescope"];
    private static readonly string[] s_places = ["cellar", "attic", "garden wall", "church tower", "kitchen chest", "mill", "boat house", "stable", "well", "library", "bakery", "hollow tree", "chimney", "harbour office", "bank", "orchard"];
    private static readonly string[] s_trades = ["baker", "doctor", "miller", "captain", "judge", "teacher", "smith", "tailor", "gardener", "painter", "priest", "lawyer", "sailor", "printer", "shepherd", "weaver"];
    private static readonly string[] s_acts = ["walk along the river at dawn", "eat plum cake by the bridge", "hear the bells from the hill", "row to the small island", "watch the ships come in", "visit the glass market", "climb the northern tower", "dance in the square", "taste the honey wine", "ride the mountain train"];

    // {0} a person, {1} a town, {2} a thing, {3} a place, {4} a trade, {5} an act, {6} a number.
    private static readonly (string Fact, string Question)[] s_kinds =
    [
        ("{0}'s pass key is {6}. Remember it. {6} is the pass key for {0}.", "what is the passkey for {0}?"),
        ("{0} hid the {2} in the {3}.", "Where did {0} hide the {2}?"),
        ("The best thing to do in {1} is to {5}.", "What is the best thing to do in {1}?"),
        ("The {4} of {1} paid {6} pounds for the {2}.", "How much did the {4} of {1} pay for the {2}?"),
        ("{0} is the {4} of {1}.", "Who is the {4} of {1}?"),
        ("On the last day {0} gave the {2} to the {4}.", "To whom did {0} give the {2}?"),
        ("The secret number of {0} is {6}.", "What is the secret number of {0}?"),
        ("In {1} everybody knows that the {2} lies in the {3}.", "Where does the {2} lie in {1}?"),
    ];

    /// <summary>A fact and its question, and another fact of the same kind with other names, which answers it not.</summary>
    public static (string Fact, string Question, string Other) Make(CounterRandom random)
    {
        var (fact, question) = s_kinds[random.NextInt(s_kinds.Length)];
        var (subject, other) = (Words(random), Words(random));

        // Only names tell the other fact apart: its thing and trade stay.
        (other[2], other[4]) = (subject[2], subject[4]);
        return (Fill(fact, subject), Fill(question, subject), Fill(fact, other));
    }

    private static string Fill(string form, string[] words) => string.Format(CultureInfo.InvariantCulture, form, words);

    private static string[] Words(CounterRandom random) =>
    [
        $"{Name(random)} {Name(random)}", Name(random), Any(random, s_things), Any(random, s_places), Any(random, s_trades), Any(random, s_acts), (1000 + random.NextInt(99_000)).ToString(CultureInfo.InvariantCulture),
    ];

    private static string Name(CounterRandom random) => Any(random, s_heads) + (random.NextInt(2) == 0 ? Any(random, s_middles) : "") + Any(random, s_tails);

    private static string Any(CounterRandom random, string[] words) => words[random.NextInt(words.Length)];
}
