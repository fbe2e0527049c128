using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.Training;

/// <summary>Texts that can only be continued by looking back: pass keys in prose, facts about people told and told again, lists read again and again. A model that is
/// trained on some of them learns to find things in its window, which prose alone teaches small models late or never.</summary>
/// <remarks>The pass keys have the prompts that <see cref="PasskeyTask"/> measures with. People and facts have nothing in common with those of <see cref="NeedleTask"/>.</remarks>
/// <param name="tokenizer">Whose words the lists are made of.</param>
public sealed class RecallTexts(Tokenizer tokenizer)
{
    private const int ShortestWord = 3;
    private const int CharactersOfFact = 40;
    private static readonly ImmutableArray<string> s_beginnings = ["b", "br", "d", "dr", "f", "g", "gl", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "z"];
    private static readonly ImmutableArray<string> s_endings = ["a", "an", "ar", "e", "el", "en", "i", "in", "is", "o", "on", "or", "u", "um"];

    private static readonly ImmutableArray<string> s_relations =
    [
        "The number of the house of {0} is", "The number on the ticket of {0} is", "The word that {0} wrote down is", "The answer that {0} gave was", "The name of the ship of {0} is",
        "The year in which {0} arrived was", "The sum that {0} paid was", "What {0} left on the table was the", "The secret word of {0} is", "The room of {0} is number",
        "The thing that {0} lost was the", "The code of {0} is", "{0} had hidden the", "{0} always spoke of the", "The telephone number of {0} is", "The friend of {0} is called",
    ];

    private readonly ImmutableArray<string> _words =
    [
        .. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.Decode([id]))
            .Where(w => w.Length > ShortestWord && w[0] == ' ' && w.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0).Select(w => w[1..]),
    ];

    private readonly ImmutableArray<IRetrievalTask> _passkeys = [.. Enum.GetValues<PasskeyTemplate>().Select(t => new PasskeyTask(t, new Haystacks(null)))];

    /// <summary>A text of about that size.</summary>
    /// <param name="random">Which.</param>
    /// <param name="characters">Characters wanted; a text has at least one thing told and asked for.</param>
    public string Make(CounterRandom random, int characters) => random.NextInt(3) switch
    {
        0 => Passkey(random, characters),
        1 => Facts(random, characters),
        _ => List(random, characters),
    };

    private string Passkey(CounterRandom random, int characters)
    {
        // A haystack is asked for by tokens, and has eight characters for each.
        var task = _passkeys[random.NextInt(_passkeys.Length)].Make(random, (characters / 8) + 1, 1);
        var frame = task.Compose(0, 0).Text.Length;
        return $"{task.Compose(Math.Clamp(characters - frame, 0, task.Haystack.Available), random.NextDouble()).Text} {task.Answer}.";
    }

    /// <summary>Sentences about people, some with prose between them; then the same sentences in other orders.</summary>
    private string Facts(CounterRandom random, int characters)
    {
        var readings = 2 + random.NextInt(3);
        var count = 1 + random.NextInt(Math.Min(12, Math.Max(1, characters / readings / CharactersOfFact)));
        var facts = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var value = random.NextInt(2) == 0 ? Number(random) : Word(random);
            facts.Add($"{string.Format(CultureInfo.InvariantCulture, s_relations[random.NextInt(s_relations.Length)], Name(random))} {value}.");
        }

        var left = characters - (readings * facts.Sum(f => f.Length + 1));
        var prose = left > 0 && random.NextInt(3) > 0 ? Prose(random, left) : "";
        var text = new StringBuilder();
        var cut = 0;
        for (var i = 0; i < count; i++)
        {
            text.Append(facts[i]).Append(' ');

            // Each fact is followed by its share of the prose, which ends with a word.
            var end = prose.Length * (i + 1) / count;
            var space = end == prose.Length ? end : prose.LastIndexOf(' ', Math.Max(cut, end), Math.Max(0, end - cut));
            if (space > cut)
            {
                text.Append(prose.AsSpan(cut, space - cut)).Append(end == prose.Length ? "\n" : " ");
                cut = space;
            }
        }

        for (var reading = 1; reading < readings; reading++)
        {
            Shuffle(random, facts);
            text.Append(reading > 1 ? "\n" : "").AppendJoin(random.NextInt(2) == 0 ? ' ' : '\n', facts);
        }

        return text.ToString();
    }

    /// <summary>A list, read several times: what comes next was told after the same words. Lists that are read twice only teach small models nothing for a long time.</summary>
    private string List(CounterRandom random, int characters)
    {
        var readings = 2 + random.NextInt(7);
        var words = new List<string> { Word(random) };
        for (var length = words[0].Length; length < (characters / readings) - 8;)
        {
            words.Add(random.NextInt(4) switch { 0 => Name(random), 1 => Number(random), _ => Word(random) });
            length += words[^1].Length + 1;
        }

        return string.Join('\n', Enumerable.Repeat($"List: {string.Join(' ', words)}", readings));
    }

    private static string Prose(CounterRandom random, int characters)
    {
        var story = StoryGenerator.Documents(random.NextUInt64(), 1, characters + 1).Single().Text;
        return story[..Math.Min(story.Length, characters)];
    }

    private string Word(CounterRandom random) => _words.IsEmpty ? Name(random) : _words[random.NextInt(_words.Length)];

    private static string Number(CounterRandom random) => $"{random.NextInt((int)Math.Pow(10, 2 + random.NextInt(5)))}";

    private static string Name(CounterRandom random)
    {
        var name = new StringBuilder();
        for (var syllables = 2 + random.NextInt(2); syllables > 0; syllables--)
        {
            name.Append(s_beginnings[random.NextInt(s_beginnings.Length)]).Append(s_endings[random.NextInt(s_endings.Length)]);
        }

        name[0] = char.ToUpperInvariant(name[0]);
        return name.ToString();
    }

    private static void Shuffle(CounterRandom random, List<string> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
