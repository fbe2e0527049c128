using System.Text;

namespace Ropewalk.Lab.Data;

/// <summary>Tells one story: chapters of scenes, in which facts of the <see cref="StoryWorld"/> are told once and recalled ever after.</summary>
internal sealed class StoryTeller
{
    private const int Columns = 72;

    /// <summary>The first facts are the plot: half of all recollections are of them, however far back they lie.</summary>
    private const int PlotFacts = 5;

    private readonly StoryGrammar grammar = StoryGrammar.Instance;
    private readonly CounterRandom random;
    private readonly StoryWorld world;
    private readonly int[][] decks;
    private readonly int[] deckAt;
    private readonly HashSet<StoryWorld.Person> introduced = [];
    private readonly StringBuilder paragraph = new();
    private readonly StringBuilder text = new();
    private StoryWorld.Person a = null!;
    private StoryWorld.Person b = null!;
    private StoryWorld.Person c = null!;
    private StoryWorld.Fact fact = null!;
    private string place = "";
    private string otherPlace = "";

    /// <summary>Prepares a story; all that follows is a function of the generator's state.</summary>
    public StoryTeller(CounterRandom random)
    {
        this.random = random;
        world = new StoryWorld(random.Fork(0));
        decks = new int[grammar.NumRules][];
        deckAt = new int[grammar.NumRules];
        for (var rule = 0; rule < decks.Length; rule++)
        {
            decks[rule] = [.. Enumerable.Range(0, grammar.Alternatives(rule).Length)];
            deckAt[rule] = decks[rule].Length;
        }
    }

    /// <summary>Tells the story to the first paragraph's end at which it has <paramref name="minimumCharacters"/>.</summary>
    public StoryDocument Tell(int minimumCharacters)
    {
        for (var i = 0; i < 7; i++)
        {
            world.AddPerson();
        }

        for (var i = 0; i < 5; i++)
        {
            world.AddPlace();
        }

        fact = world.AddFact()!;
        var title = TitleCase($"{fact.Topic}; or, the history of {world.People[0].Full}");
        text.Append(title.ToUpperInvariant()).Append('\n');
        for (var chapter = 1; text.Length < minimumCharacters; chapter++)
        {
            Chapter(chapter, minimumCharacters);
        }

        return new StoryDocument(title, text.ToString());
    }

    private void Chapter(int number, int minimumCharacters)
    {
        if (number % 4 == 0)
        {
            world.AddPerson();
        }

        if (number % 7 == 0)
        {
            world.AddPlace();
        }

        introduced.Clear();
        a = Somebody();
        place = world.Places[random.NextInt(world.Places.Count)];
        Cast();
        Recall();
        text.Append("\n\nCHAPTER ").Append(Roman(number)).Append("\n\n");
        Say("chapter");
        var heading = TitleCase(paragraph.ToString());
        paragraph.Clear();
        paragraph.Append(heading);
        EndParagraph();

        Say("arrival");
        Say("scenery");
        Say(Chance(2) ? "portrait" : "action");
        EndParagraph();
        var numScenes = 6 + random.NextInt(8);
        for (var scene = 0; scene < numScenes && text.Length < minimumCharacters; scene++)
        {
            Cast();
            switch (random.NextInt(9))
            {
                case 0 or 1 or 2:
                    Narrate();
                    break;
                case 3 or 4:
                    Learn();
                    break;
                default:
                    Talk();
                    break;
            }
        }

        if (text.Length < minimumCharacters)
        {
            Say("action");
            Say("farewell");
            EndParagraph();
        }
    }

    private void Narrate()
    {
        var numSentences = 3 + random.NextInt(5);
        for (var i = 0; i < numSentences; i++)
        {
            switch (random.NextInt(11))
            {
                case 0:
                    Say("scenery");
                    break;
                case 1:
                    Say(i == 0 ? "portrait" : "thought");
                    break;
                case 2:
                    Say("thought");
                    break;
                case 3:
                    Say("gossip");
                    break;
                case 4 or 5:
                    Recall();
                    Say("recall");
                    break;
                default:
                    Say("action");
                    break;
            }
        }

        EndParagraph();
    }

    private void Learn()
    {
        Say("action");
        fact = world.AddFact() ?? fact;
        Say("learned");
        Say("thought");
        if (Chance(2))
        {
            Say("action");
        }

        EndParagraph();
    }

    private void Talk()
    {
        Say("action");
        EndParagraph();
        var numLines = 2 + random.NextInt(6);
        for (var line = 0; line < numLines; line++)
        {
            switch (random.NextInt(8))
            {
                case 0 or 3:
                    Recall();
                    Say("ask_line");
                    EndParagraph();
                    Say("answer_line");
                    break;
                case 1:
                    fact = (Chance(3) ? world.AddFact() : null) ?? fact;
                    Say("tell_line");
                    break;
                case 2 when line > 0:
                    Say("break");
                    Say("action");
                    break;
                default:
                    Say("say");
                    break;
            }

            EndParagraph();
            (a, b) = (b, a);
        }
    }

    /// <summary>Chooses whom the next scene is about; mostly the same person as before, so that pronouns have a thread.</summary>
    private void Cast()
    {
        if (Chance(3))
        {
            a = Somebody();
        }

        do
        {
            b = Somebody();
        }
        while (b == a);

        do
        {
            c = Somebody();
        }
        while (c == a || c == b);

        do
        {
            otherPlace = world.Places[random.NextInt(world.Places.Count)];
        }
        while (otherPlace == place);
    }

    private void Recall()
    {
        var numKnown = world.Facts.Count;
        fact = world.Facts[random.NextInt(Chance(2) ? Math.Min(numKnown, PlotFacts) : numKnown)];
    }

    private StoryWorld.Person Somebody() => world.People[random.NextInt(world.People.Count)];

    private bool Chance(int oneIn) => random.NextInt(oneIn) == 0;

    /// <summary>Adds one sentence to the paragraph.</summary>
    private void Say(string rule)
    {
        if (paragraph.Length > 0)
        {
            paragraph.Append(' ');
        }

        Expand(grammar[rule]);
    }

    private void Expand(int rule)
    {
        foreach (var piece in grammar.Alternatives(rule)[Draw(rule)])
        {
            if (piece.Rule >= 0)
            {
                Expand(piece.Rule);
            }
            else
            {
                Emit(piece.Slot == StoryGrammar.Slot.None ? piece.Text : Value(piece.Slot));
            }
        }
    }

    /// <summary>Deals a rule's alternatives like cards, so that none returns before most others have had their turn.</summary>
    private int Draw(int rule)
    {
        var deck = decks[rule];
        if (deckAt[rule] == deck.Length)
        {
            for (var i = deck.Length - 1; i > 0; i--)
            {
                var j = random.NextInt(i + 1);
                (deck[i], deck[j]) = (deck[j], deck[i]);
            }

            deckAt[rule] = 0;
        }

        return deck[deckAt[rule]++];
    }

    /// <summary>Appends text, with "a" before a vowel made "an" and a sentence's first letter made a capital.</summary>
    private void Emit(string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        var length = paragraph.Length;
        var first = value[0];
        var at = 0;
        if (char.IsAsciiLetterLower(first))
        {
            if (StartsSentence())
            {
                paragraph.Append(char.ToUpperInvariant(first));
                at = 1;
            }
            else if (first is 'a' or 'e' or 'i' or 'o' or 'u' && length > 1 && paragraph[^1] == ' ' && paragraph[^2] is 'a' or 'A'
                && (length == 2 || paragraph[^3] is ' ' or '"'))
            {
                paragraph[^1] = 'n';
                paragraph.Append(' ');
            }
        }

        paragraph.Append(value, at, value.Length - at);
    }

    private bool StartsSentence()
    {
        var at = paragraph.Length - 1;
        if (at >= 0 && paragraph[at] is '"')
        {
            at--;
        }

        if (at < 0)
        {
            return true;
        }

        // A quotation mark before the space closed a speech: what follows goes on with the sentence, unless a full stop ended it.
        return paragraph[at] == ' ' && at > 0
            && (paragraph[at - 1] is '.' or '!' or '?' || (at > 1 && paragraph[at - 1] == '"' && paragraph[at - 2] == '.'));
    }

    private string Value(StoryGrammar.Slot slot) => slot switch
    {
        StoryGrammar.Slot.Name => NameOf(a),
        StoryGrammar.Slot.FullName => FullNameOf(a),
        StoryGrammar.Slot.He => a.Woman ? "she" : "he",
        StoryGrammar.Slot.Him => a.Woman ? "her" : "him",
        StoryGrammar.Slot.His => a.Woman ? "her" : "his",
        StoryGrammar.Slot.Himself => a.Woman ? "herself" : "himself",
        StoryGrammar.Slot.Man => a.Woman ? "woman" : "man",
        StoryGrammar.Slot.Trade => a.Trade,
        StoryGrammar.Slot.Mark => a.Mark,
        StoryGrammar.Slot.OtherName => NameOf(b),
        StoryGrammar.Slot.OtherFullName => FullNameOf(b),
        StoryGrammar.Slot.OtherHe => b.Woman ? "she" : "he",
        StoryGrammar.Slot.OtherHim => b.Woman ? "her" : "him",
        StoryGrammar.Slot.OtherHis => b.Woman ? "her" : "his",
        StoryGrammar.Slot.OtherSir => b.Woman ? "madam" : "sir",
        StoryGrammar.Slot.ThirdName => NameOf(c),
        StoryGrammar.Slot.Place => place,
        StoryGrammar.Slot.OtherPlace => otherPlace,
        StoryGrammar.Slot.FactTopic => fact.Topic,
        StoryGrammar.Slot.FactPast => fact.Past,
        StoryGrammar.Slot.FactPresent => fact.Present,
        StoryGrammar.Slot.FactQuestion => fact.Question,
        StoryGrammar.Slot.FactAnswer => fact.Answer,
        _ => throw new InvalidOperationException($"no value for {slot}"),
    };

    private string NameOf(StoryWorld.Person person) =>
        introduced.Add(person) ? person.Full : random.NextInt(5) switch
        {
            0 or 1 => person.First,
            2 or 3 => person.Formal,
            _ => person.Full,
        };

    private string FullNameOf(StoryWorld.Person person)
    {
        introduced.Add(person);
        return person.Full;
    }

    /// <summary>Moves the paragraph to the text: broken greedily at spaces, a blank line before it.</summary>
    private void EndParagraph()
    {
        text.Append('\n');
        var all = paragraph.ToString();
        var at = 0;
        while (at < all.Length)
        {
            var end = all.Length;
            if (end - at > Columns)
            {
                end = all.LastIndexOf(' ', at + Columns, Columns + 1);
                if (end <= at)
                {
                    throw new InvalidOperationException("a word wider than a line");
                }
            }

            text.Append(all, at, end - at).Append('\n');
            at = end + 1;
        }

        paragraph.Clear();
    }

    private static string TitleCase(string phrase)
    {
        var words = phrase.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            if (i == 0 || words[i] is not ("of" or "the" or "in" or "at" or "or," or "a" or "an" or "and" or "to" or "by" or "that"))
            {
                words[i] = char.ToUpperInvariant(words[i][0]) + words[i][1..];
            }
        }

        return string.Join(' ', words);
    }

    private static string Roman(int number)
    {
        (int Value, string Letters)[] digits =
        [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
            (5, "V"), (4, "IV"), (1, "I"),
        ];
        var roman = new StringBuilder();
        foreach (var (value, letters) in digits)
        {
            for (; number >= value; number -= value)
            {
                roman.Append(letters);
            }
        }

        return roman.ToString();
    }
}
