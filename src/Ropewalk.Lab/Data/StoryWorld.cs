namespace Ropewalk.Lab.Data;

/// <summary>One document's people, places and facts. It grows on demand and never contradicts itself: a topic has one fact.</summary>
internal sealed class StoryWorld(CounterRandom random)
{
    private const int Attempts = 20;

    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>Everybody so far.</summary>
    public List<Person> People { get; } = [];

    /// <summary>Every place so far; each reads well after "at", "to" and "of".</summary>
    public List<string> Places { get; } = [];

    /// <summary>Every fact so far, in the order of its invention.</summary>
    public List<Fact> Facts { get; } = [];

    /// <summary>Adds a person whose names nobody else has; does nothing once the names are used up.</summary>
    public void AddPerson()
    {
        // One of each first: every story then has both sets of pronouns.
        var woman = People.Count < 2 ? People.Count == 1 : random.NextInt(2) == 0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var first = Pick(woman ? WomensNames : MensNames);
            var last = Pick(Surnames);
            if (!taken.Contains(first) && taken.Add(last))
            {
                taken.Add(first);
                var title = woman ? Pick(WomensTitles) : Pick(MensTitles);
                People.Add(new Person(first, $"{title} {last}", $"{first} {last}", woman, Pick(Trades), Pick(Marks)));
                return;
            }
        }
    }

    /// <summary>Adds a place; does nothing if no new name comes up.</summary>
    public void AddPlace()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var name = random.NextInt(5) == 0
                ? $"the {Pick(InnFirst)} {Pick(InnSecond)}"
                : Pick(PlaceFirst) + Pick(PlaceSecond) + Pick(PlaceKinds);
            if (taken.Add(name))
            {
                Places.Add(name);
                return;
            }
        }
    }

    /// <summary>Invents a fact on a topic that has none, or gives null when no such topic comes up.</summary>
    public Fact? AddFact()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var fact = Invent();
            if (taken.Add(fact.Topic))
            {
                Facts.Add(fact);
                return fact;
            }
        }

        return null;
    }

    private Fact Invent()
    {
        var person = People[random.NextInt(People.Count)];
        var name = person.Full;
        var place = Places[random.NextInt(Places.Count)];
        var other = People[random.NextInt(People.Count)];
        while (other == person)
        {
            other = People[random.NextInt(People.Count)];
        }

        string topic;
        string value;
        switch (random.NextInt(13))
        {
            case 0:
                topic = $"the {Pick(HiddenThings)} of {place}";
                value = HidingPlace();
                return new Fact(topic, $"{topic} was hidden {value}", $"{topic} is hidden {value}", $"Where is {topic}?", Capital(value));
            case 1:
                value = Number(19 + random.NextInt(66));
                return new Fact($"the age of {name}", $"{name} was {value} years of age", $"{name} is {value} years of age", $"How old is {name}?", Capital(value));
            case 2:
                var kin = Pick(Kin);
                value = $"the {Pick(ShipFirst)} {Pick(ShipSecond)}, of {Pick(Ports)}";
                topic = $"the ship in which the {kin} of {name} was lost";
                return new Fact(topic, $"{topic} was {value}", $"{topic} was {value}", $"What was the name of {topic}?", Capital(value));
            case 3:
                value = $"{Number(11 + random.NextInt(89))} pounds";
                return new Fact($"the debt of {name}", $"{name} owed {other.Full} {value}", $"{name} owes {other.Full} {value}", $"How much does {name} owe to {other.Full}?", Capital(value));
            case 4:
                topic = $"the {Pick(Beasts)} of {name}";
                value = Pick(BeastNames);
                return new Fact(topic, $"{topic} was called {value}", $"{topic} is called {value}", $"What is the name of {topic}?", value);
            case 5:
                topic = $"the clock at {place}";
                value = $"at {Number(3 + random.NextInt(26))} minutes past {Number(1 + random.NextInt(12))}";
                return new Fact(topic, $"{topic} had stopped {value}", $"{topic} stopped {value}", $"When did {topic} stop?", Capital(value));
            case 6:
                value = $"at {place}, on {Date()}";
                return new Fact($"the birth of {name}", $"{name} was born {value}", $"{name} was born {value}", $"Where was {name} born?", Capital(value));
            case 7:
                topic = $"the letter of {Date()}";
                value = $"'{Pick(LetterFirst)} {other.First}, {Pick(LetterSecond)} {place}'";
                return new Fact(topic, $"{topic} began with the words {value}", $"{topic} begins with the words {value}", $"How does {topic} begin?", value);
            case 8:
                topic = $"the inscription over the door at {place}";
                value = $"'{Pick(MottoFirst)}, and {Pick(MottoSecond)}'";
                return new Fact(topic, $"{topic} was {value}", $"{topic} is {value}", $"What is {topic}?", value);
            case 9:
                value = Number(21 + random.NextInt(180));
                return new Fact($"the stairs at {place}", $"there were {value} steps from {place} to the water", $"there are {value} steps from {place} to the water", $"How many steps are there from {place} to the water?", Capital(value));
            case 10:
                value = $"{name}, by the will of old {Pick(Surnames)}";
                return new Fact($"the inheritance of {place}", $"{place} was to go to {value}", $"{place} is to go to {value}", $"Who is to have {place} in the end?", value);
            case 11:
                topic = $"the word that opened the gate at {place}";
                value = $"'{Pick(WordFirst)}-{Pick(WordSecond)}'";
                return new Fact(topic, $"{topic} was {value}", $"{topic} was {value}", $"What was {topic}?", value);
            default:
                var his = person.Woman ? "her" : "his";
                value = $"{Pick(Tokens)}, which came from {place}";
                return new Fact($"the secret of {name}", $"{name} carried about {(person.Woman ? "her" : "him")} {value}", $"{name} always carries {value}", $"What does {name} keep in {his} pocket?", Capital(value));
        }
    }

    private string HidingPlace() =>
        $"{Pick(HidingFirst)} {Pick(Ordinals)} {Pick(HidingSecond)} {Pick(HidingThird)}";

    private string Date() => $"the {Pick(Ordinals)} of {Pick(Months)}";

    private string Pick(string[] words) => words[random.NextInt(words.Length)];

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Number(int value)
    {
        if (value >= 100)
        {
            var rest = value % 100;
            return value / 100 == 1 ? "a hundred" + And(rest) : "two hundred" + And(rest);
        }

        if (value < Units.Length)
        {
            return Units[value];
        }

        return value % 10 == 0 ? Tens[value / 10] : $"{Tens[value / 10]}-{Units[value % 10]}";

        static string And(int rest) => rest == 0 ? "" : " and " + Number(rest);
    }

    /// <summary>Somebody, by all the names and traits that the text uses.</summary>
    internal sealed record Person(string First, string Formal, string Full, bool Woman, string Trade, string Mark);

    /// <summary>Something that is told and recalled: a noun phrase for it, the clause in both tenses, a question and its answer.</summary>
    internal sealed record Fact(string Topic, string Past, string Present, string Question, string Answer);

    private static readonly string[] Units =
    [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] Ordinals =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"];

    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] MensNames =
    [
        "John", "William", "Thomas", "Henry", "Robert", "Edward", "Charles", "James", "Richard", "George", "Philip", "Walter",
        "Stephen", "Arthur", "Hugh", "Martin", "Giles", "Simon", "Matthew", "Daniel", "Samuel", "Peter", "Ralph", "Nicholas",
        "Luke", "Mark", "Gilbert", "Roger", "Oliver", "Jonathan", "Frank", "Edmund", "Joseph", "Adam", "Abel", "Silas",
    ];

    private static readonly string[] WomensNames =
    [
        "Mary", "Margaret", "Jane", "Elizabeth", "Ellen", "Anne", "Catherine", "Susan", "Martha", "Alice", "Charlotte", "Emily",
        "Harriet", "Lucy", "Rachel", "Sarah", "Dorothy", "Agnes", "Frances", "Rose", "Caroline", "Helen", "Julia", "Ruth",
        "Hannah", "Grace", "Barbara", "Isabel", "Laura", "Louisa", "Clara", "Esther", "Judith", "Amelia", "Phoebe", "Sophia",
    ];

    private static readonly string[] Surnames =
    [
        "Hale", "Thornton", "Marsh", "Fielding", "Brand", "Carter", "Dale", "Forrest", "Gray", "Holt", "Kendall", "Lambert",
        "Mercer", "Norton", "Osborne", "Page", "Ransome", "Sterling", "Turner", "Vernon", "Warren", "Yates", "Ashton", "Barlow",
        "Crosby", "Denham", "Ellis", "Farrow", "Garth", "Harding", "Jessop", "Kirk", "Lowther", "Maitland", "Nash", "Orme",
        "Penrose", "Quick", "Rudd", "Selby", "Tilney", "Underhill", "Varley", "Wickham", "Young", "Amory", "Blake", "Cobb",
        "Drew", "Everett", "Finch", "Goodwin", "Hurst", "Ingram", "Jarvis", "Keene", "Lacey", "Morton", "Neale", "Oakes",
    ];

    private static readonly string[] MensTitles = ["Mr.", "Mr.", "Mr.", "Mr.", "Captain", "Doctor", "Squire"];
    private static readonly string[] WomensTitles = ["Mrs.", "Mrs.", "Miss", "Miss"];

    private static readonly string[] Trades =
    [
        "lawyer", "miller", "sailor", "farmer", "carpenter", "schoolmaster", "clerk", "shepherd", "printer", "merchant", "gardener",
        "bookseller", "ferryman", "clockmaker", "weaver", "saddler", "painter", "doctor", "smuggler", "pilot",
    ];

    private static readonly string[] Marks =
    [
        "a scar above the left eye", "a lame foot", "hair as white as snow", "a voice like a bell", "a ring with a green stone",
        "a way of closing one eye", "one blue eye and one brown", "a habit of counting the spoons", "a black glove on the right hand",
        "a great silver watch", "a crooked finger", "a laugh that could be heard across the river", "a patched coat",
        "a pair of gold spectacles", "a fear of cats", "a fine hand at the fiddle", "a stammer", "an old straw hat",
    ];

    private static readonly string[] PlaceFirst =
    [
        "Ash", "Holm", "Marl", "Thorn", "Wey", "Crow", "Stan", "Hol", "Brad", "Lang", "Elm", "Win", "Fern", "Black", "Cold", "Red",
        "White", "Oak", "Stone", "Hazel",
    ];

    private static readonly string[] PlaceSecond =
        ["combe", "ford", "ley", "wick", "stead", "ham", "bridge", "mere", "field", "worth", "den", "stow", "ton", "hurst", "bourne"];

    private static readonly string[] PlaceKinds = ["", "", " Hall", " Mill", " Farm", " Abbey", " House", " Castle", " Grange"];
    private static readonly string[] InnFirst = ["Black", "White", "Red", "Golden", "Blue", "Green", "Old", "Silver"];
    private static readonly string[] InnSecond = ["Swan", "Lion", "Anchor", "Bell", "Bear", "Star", "Stag", "Plough", "Crown", "Ship"];

    private static readonly string[] HiddenThings =
    [
        "key", "title-deed", "silver cup", "treasure", "map", "great seal", "account-book", "lost portrait", "old will",
        "family Bible", "chest of plate", "pearl necklace", "brass telescope",
    ];

    private static readonly string[] HidingFirst = ["under the", "behind the", "beneath the", "inside the", "below the"];
    private static readonly string[] HidingSecond = ["stone", "step", "beam", "barrel", "board", "pillar", "tree", "shelf", "post"];

    private static readonly string[] HidingThird =
    [
        "from the well", "from the gate", "in the old barn", "on the north side of the church", "in the orchard", "of the cellar",
        "from the window", "by the river", "on the way to the sea", "behind the stable", "in the blue room", "at the end of the passage",
    ];

    private static readonly string[] Kin = ["father", "brother", "uncle", "son", "husband of the sister"];
    private static readonly string[] ShipFirst = ["Good", "Royal", "Fair", "Golden", "Brave", "Lost", "Merry", "Silent", "Happy"];
    private static readonly string[] ShipSecond = ["Intent", "Charlotte", "Return", "Swallow", "Venture", "Maiden", "Hope", "Dolphin", "Fortune", "Pilgrim"];
    private static readonly string[] Ports = ["Bristol", "Hull", "Whitby", "Plymouth", "Leith", "Yarmouth", "Cork", "Boston", "Dover"];
    private static readonly string[] Beasts = ["grey mare", "black horse", "brown dog", "old spaniel", "white cat", "bay pony", "parrot", "raven"];

    private static readonly string[] BeastNames =
        ["Bess", "Captain", "Juno", "Bruno", "Duchess", "Tinker", "Pilot", "Ranger", "Beauty", "Nero", "Dash", "Sultan", "Poll", "Fanny"];

    private static readonly string[] LetterFirst =
    [
        "Do not look for me,", "I write this in haste,", "You will have heard by now,", "Forgive me if you can,", "The money is safe,",
        "I shall never marry,", "Trust nobody,", "It was I who did it,",
    ];

    private static readonly string[] LetterSecond =
    [
        "for I am gone to", "and burn what you find at", "and tell them nothing at", "for they have seen me at", "and meet me alone at",
        "for all is lost at", "and come before the snow to", "and do not believe what you hear at",
    ];

    private static readonly string[] MottoFirst = ["watch", "be silent", "fear nothing", "work", "wait for the tide", "keep thy word", "trust the sea"];
    private static readonly string[] MottoSecond = ["be thankful", "the stone shall speak", "ask no man why", "the morning will come", "look behind thee", "hold fast"];
    private static readonly string[] WordFirst = ["wren", "salt", "winter", "candle", "hazel", "iron", "herring", "barley", "moon", "thistle"];
    private static readonly string[] WordSecond = ["feather", "water", "bread", "thorn", "bridge", "whistle", "penny", "button", "stone", "rope"];

    private static readonly string[] Tokens =
    [
        "a silver coin with a hole in it", "a lock of yellow hair", "half of a broken ring", "a lead bullet", "a bone whistle",
        "an ivory chessman", "a child's shoe", "a dried rose", "a Spanish dollar", "a button from a soldier's coat",
        "a little brass compass", "the stub of a red pencil",
    ];
}
