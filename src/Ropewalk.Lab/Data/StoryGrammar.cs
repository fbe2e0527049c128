using System.Collections.Frozen;

namespace Ropewalk.Lab.Data;

/// <summary>
/// The stories' grammar, compiled once. A rule is a name and its alternatives; an alternative is literal text with slots in
/// braces. A slot names another rule or something that the teller binds (a person, a place, a fact).
/// </summary>
internal sealed partial class StoryGrammar
{
    // Before Instance: static fields are initialised in the order of the text.
    private static readonly FrozenDictionary<string, Slot> SlotByName = new Dictionary<string, Slot>(StringComparer.Ordinal)
    {
        ["A"] = Slot.Name,
        ["A.full"] = Slot.FullName,
        ["he"] = Slot.He,
        ["him"] = Slot.Him,
        ["his"] = Slot.His,
        ["himself"] = Slot.Himself,
        ["man"] = Slot.Man,
        ["trade"] = Slot.Trade,
        ["mark"] = Slot.Mark,
        ["B"] = Slot.OtherName,
        ["B.full"] = Slot.OtherFullName,
        ["b.he"] = Slot.OtherHe,
        ["b.him"] = Slot.OtherHim,
        ["b.his"] = Slot.OtherHis,
        ["b.sir"] = Slot.OtherSir,
        ["C"] = Slot.ThirdName,
        ["P"] = Slot.Place,
        ["Q"] = Slot.OtherPlace,
        ["topic"] = Slot.FactTopic,
        ["past"] = Slot.FactPast,
        ["present"] = Slot.FactPresent,
        ["question"] = Slot.FactQuestion,
        ["answer"] = Slot.FactAnswer,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<string, int> ruleByName = new(StringComparer.Ordinal);
    private readonly List<Piece[][]> rules = [];

    private StoryGrammar(string source)
    {
        var bodies = new List<List<string>>();
        foreach (var line in source.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line[0] == '@')
            {
                ruleByName.Add(line[1..], bodies.Count);
                bodies.Add([]);
            }
            else
            {
                bodies[^1].Add(line);
            }
        }

        foreach (var body in bodies)
        {
            rules.Add([.. body.Select(Compile)]);
        }
    }

    /// <summary>The one instance.</summary>
    public static StoryGrammar Instance { get; } = new(Words + "\n" + Sentences);

    /// <summary>How many rules there are; rules are numbered from 0.</summary>
    public int NumRules => rules.Count;

    /// <summary>The number of a rule.</summary>
    public int this[string name] => ruleByName[name];

    /// <summary>The alternatives of a rule.</summary>
    public Piece[][] Alternatives(int rule) => rules[rule];

    private Piece[] Compile(string line)
    {
        var pieces = new List<Piece>();
        for (var at = 0; at < line.Length;)
        {
            var open = line.IndexOf('{', at);
            if (open < 0)
            {
                pieces.Add(new Piece(line[at..], -1, Slot.None));
                break;
            }

            if (open > at)
            {
                pieces.Add(new Piece(line[at..open], -1, Slot.None));
            }

            var close = line.IndexOf('}', open);
            var name = line[(open + 1)..close];
            pieces.Add(SlotByName.TryGetValue(name, out var slot)
                ? new Piece("", -1, slot)
                : new Piece("", ruleByName.TryGetValue(name, out var rule)
                    ? rule
                    : throw new InvalidOperationException($"story grammar: no rule or slot {name} in: {line}"), Slot.None));
            at = close + 1;
        }

        return [.. pieces];
    }

    /// <summary>Literal text, or a rule's number, or a slot.</summary>
    internal readonly record struct Piece(string Text, int Rule, Slot Slot);

    /// <summary>What the teller fills in: A is who the paragraph is about, B whom A speaks to, C someone else.</summary>
    internal enum Slot
    {
        None,
        Name,
        FullName,
        He,
        Him,
        His,
        Himself,
        Man,
        Trade,
        Mark,
        OtherName,
        OtherFullName,
        OtherHe,
        OtherHim,
        OtherHis,
        OtherSir,
        ThirdName,
        Place,
        OtherPlace,
        FactTopic,
        FactPast,
        FactPresent,
        FactQuestion,
        FactAnswer,
    }
}
