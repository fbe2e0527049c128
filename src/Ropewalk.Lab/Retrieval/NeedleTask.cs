using System.Collections.Immutable;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A fact about somebody in a text that tells nothing of it, asked for by the beginning of the sentence that told it.</summary>
/// <param name="prose">What it is hidden in.</param>
public sealed class NeedleTask(Haystacks prose) : IRetrievalTask
{
    /// <summary>Answers that there are of each kind.</summary>
    public const int MostCandidates = 16;

    // First names and surnames that the story generator does not use.
    private static readonly string[] s_first =
        ["Ivo", "Greta", "Milo", "Petra", "Boris", "Nadia", "Oscar", "Freya", "Viktor", "Astrid", "Leon", "Mina", "Tobias", "Zelda", "Hugo", "Rita"];

    private static readonly string[] s_last =
        ["Lindqvist", "Moreau", "Kowalski", "Santos", "Becker", "Ivanov", "Rossi", "Tanaka", "Haddad", "Silva", "Novak", "Jensen", "Okafor", "Murphy", "Costa", "Weiss"];

    private static readonly ImmutableArray<Kind> s_kinds =
    [
        new("The favourite colour of {0} is", ["red", "blue", "green", "yellow", "white", "black", "brown", "grey", "purple", "orange", "pink", "silver", "gold", "violet", "scarlet", "cream"]),
        new("The only animal that {0} ever kept was a", ["dog", "cat", "horse", "goat", "pig", "mouse", "duck", "fox", "bear", "rabbit", "parrot", "turtle", "donkey", "lamb", "snake", "frog"]),
        new("The city in which {0} was born is", ["Paris", "Rome", "Vienna", "Madrid", "Lisbon", "Berlin", "Athens", "Dublin", "Oslo", "Prague", "Warsaw", "Geneva", "Cairo", "Lima", "Boston", "Tokyo"]),
        new("What {0} likes best to eat is", ["bread", "cheese", "soup", "cake", "fish", "rice", "honey", "apples", "eggs", "beans", "nuts", "plums", "meat", "butter", "grapes", "onions"]),
        new("The month in which {0} will return is", ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]),
        new("The instrument that {0} plays is the", ["piano", "violin", "flute", "drum", "harp", "guitar", "trumpet", "organ", "cello", "horn", "banjo", "oboe", "lute", "viola", "tuba", "fiddle"]),
        new("In the pocket of {0} there was always a", ["key", "coin", "knife", "ring", "watch", "pencil", "letter", "stone", "button", "spoon", "candle", "map", "comb", "feather", "nail", "whistle"]),
        new("The wall in the room of {0} is made of", ["wood", "stone", "brick", "glass", "iron", "clay", "paper", "marble", "straw", "steel", "bamboo", "tin", "leather", "silk", "cork", "slate"]),
    ];

    /// <inheritdoc />
    public string Name => "needle";

    /// <inheritdoc />
    public string Description => $"a fact in {prose.Description}";

    /// <inheritdoc />
    public RetrievalCase Make(CounterRandom random, int window, int numCandidates)
    {
        var kinds = s_kinds.Where(k => k.Answers.Length >= numCandidates).ToList();
        var kind = kinds[random.NextInt(kinds.Count)];
        var name = $"{s_first[random.NextInt(s_first.Length)]} {s_last[random.NextInt(s_last.Length)]}";
        var answers = kind.Answers.ToArray();
        for (var i = 0; i < numCandidates; i++)
        {
            var j = i + random.NextInt(answers.Length - i);
            (answers[i], answers[j]) = (answers[j], answers[i]);
        }

        var question = string.Format(System.Globalization.CultureInfo.InvariantCulture, kind.Beginning, name);
        return new RetrievalCase("", prose.For(random, window), $"{question} {answers[0]}.", question, [.. answers.Take(numCandidates)]);
    }

    /// <summary>The continuation must begin with the answer, in whatever case.</summary>
    public bool IsExact(string continuation, string answer)
    {
        var text = continuation.AsSpan().TrimStart();
        return text.StartsWith(answer, StringComparison.OrdinalIgnoreCase) && (text.Length == answer.Length || !char.IsLetter(text[answer.Length]));
    }

    /// <summary>A sentence without its end, and all its ends.</summary>
    /// <param name="Beginning">With {0} for the name.</param>
    /// <param name="Answers">None begins with another.</param>
    internal sealed record Kind(string Beginning, ImmutableArray<string> Answers);

    /// <summary>All kinds.</summary>
    internal static ImmutableArray<Kind> Kinds => s_kinds;
}
