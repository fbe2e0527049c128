using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Evaluation;

/// <summary>All method families by name, and the lists that a user makes of them. A new scaling or plan is a line in <see cref="MethodTable"/>.</summary>
public sealed class MethodList
{
    /// <summary>The untouched model, without what its config says of scaling.</summary>
    public const string None = "none";

    /// <summary>What the model's config says, where that is a scaling.</summary>
    public const string Configured = "config";

    /// <summary>Factors of a file.</summary>
    public const string LongRope = "longrope";

    /// <summary>The model as it is that slides its own window: no method of positions, but a word that a list may hold.</summary>
    public const string Window = "window";

    /// <summary>What stands for the whole list.</summary>
    public const string Everything = "all";

    private const char Together = '+';

    private MethodList(IReadOnlyList<MethodFamily> families) => Families = families;

    /// <summary>The families, in the order of a table.</summary>
    public IReadOnlyList<MethodFamily> Families { get; }

    /// <summary>Names that a list may hold; specs are allowed too.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, .. MethodTable.Families.Select(t => t.Name), Window, LongRope];

    /// <summary>Every family for a model: "config" too where its config scales, "longrope" where there are factors.</summary>
    /// <param name="rope">The model's encoding.</param>
    /// <param name="factors">Path of a factors file, or null.</param>
    /// <exception cref="CheckpointFormatException">The factors cannot be read, or are another model's.</exception>
    public static MethodList All(RopeConfig rope, string? factors = null)
    {
        var geometry = rope.Geometry;
        List<MethodFamily> families = [new(None, (_, _) => new PositionMethod(new NoScaling(geometry)))];
        if (rope.Scaling is not NoScaling)
        {
            families.Add(new MethodFamily(Configured, (_, _) => new PositionMethod(rope.Scaling)));
        }

        families.AddRange(MethodTable.Families.Select(t => new MethodFamily(t.Name, (length, target) => t.At(geometry, length, target), Tuning: t.Tuning)));
        if (factors is not null)
        {
            var read = new PositionMethod(RopeFactorsFile.Read(factors, geometry));
            families.Add(new MethodFamily(LongRope, (_, _) => read));
        }

        return new MethodList(families);
    }

    /// <summary>Reads what a user wants compared: names, "all", specs as --scaling and --plan take them, and SCALING+PLAN for both together.
    /// "none" always leads the list; "window" says nothing, because whoever compares methods has it anyway.</summary>
    /// <param name="methods">The words; one may hold several with commas between them.</param>
    /// <param name="rope">The model's encoding.</param>
    /// <param name="factors">Path of a factors file, or null.</param>
    /// <exception cref="UserInputException">A word is no method; the line names it and what is allowed.</exception>
    public static MethodList Parse(IEnumerable<string> methods, RopeConfig rope, string? factors = null)
    {
        var all = All(rope, factors).Families;
        List<MethodFamily> families = [all[0]];
        foreach (var word in methods.SelectMany(Split).Where(w => w != Window))
        {
            IEnumerable<MethodFamily> found = word == Everything ? all : [(all.FirstOrDefault(f => f.Name == word) ?? OfSpec(word, all, rope)) with { IsAsked = true }];
            foreach (var family in found.Where(f => families.TrueForAll(known => known.Name != f.Name)))
            {
                families.Add(family);
            }
        }

        return new MethodList(families);
    }

    /// <summary>The factors files that specs of a list name.</summary>
    /// <param name="methods">As <see cref="Parse"/> takes them.</param>
    public static IEnumerable<string> FactorsFiles(IEnumerable<string> methods)
    {
        foreach (var word in methods.SelectMany(Split))
        {
            if (FactorsFileIn(word) is { } place)
            {
                yield return word[place];
            }
        }
    }

    /// <summary>The same list with full paths of the factors files, so that it means the same from every folder.</summary>
    /// <param name="methods">As <see cref="Parse"/> takes them.</param>
    public static IEnumerable<string> WithFullPaths(IEnumerable<string> methods) => methods.SelectMany(Split).Select(word =>
        FactorsFileIn(word) is { } place && word[place].Length > 0 ? $"{word[..place.Start]}{Path.GetFullPath(word[place])}{word[place.End..]}" : word);

    /// <summary>Why a model cannot have a method; null where it can.</summary>
    public static string? Refusal(PositionMethod method, LanguageModel model) => method.Layout is null || model.ExtendedWindow == 0
        ? null
        : $"the model's layers see {model.ExtendedWindow} tokens back, and a plan would move what is never seen";

    /// <summary>Words between commas, where a comma inside a spec is followed by key=value.</summary>
    internal static List<string> Split(string text)
    {
        var words = new List<string>();
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var isOption = equals >= 0 && !part.AsSpan(0, equals).Contains(':');
            if (isOption && words.Count > 0)
            {
                words[^1] += "," + part;
            }
            else
            {
                words.Add(part);
            }
        }

        return words;
    }

    private static MethodFamily OfSpec(string word, IReadOnlyList<MethodFamily> all, RopeConfig rope)
    {
        if (PlanBegins(word) is not { } at)
        {
            var method = IsSpecOf(word, PositionPlanRegistry.Forms)
                ? new PositionMethod(new NoScaling(rope.Geometry), Read(word, () => PositionPlanRegistry.Parse(word, rope.Geometry.OriginalContext)))
                : IsSpecOf(word.StartsWith("resonance+", StringComparison.Ordinal) ? word["resonance+".Length..] : word, RopeScalingRegistry.Forms)
                    ? new PositionMethod(Read(word, () => RopeScalingRegistry.Parse(word, rope.Geometry, path => RopeFactorsFile.Read(path, rope.Geometry))))
                    : throw Unknown(word);
            return new MethodFamily(word, (_, _) => method);
        }

        MethodFamily Half(string name) => all.FirstOrDefault(f => f.Name == name) ?? OfSpec(name, all, rope);
        var (scaling, plan) = (Half(word[..at]), Half(word[(at + 1)..]));
        if (scaling.Tuning is not MethodTuning.None)
        {
            throw new UserInputException($"--methods {word}: found {scaling.Name}, whose number is known only when it was tuned, expected a scaling with its number");
        }

        return new MethodFamily(word, (length, target) => (scaling.At(length, target), plan.At(length, target)) switch
        {
            (null, null) => null,
            var (first, second) => Read(word, () => new PositionMethod(first?.Scaling ?? new NoScaling(rope.Geometry), second?.Plan)),
        });
    }

    /// <summary>Where a spec names a factors file; null where it names none.</summary>
    private static Range? FactorsFileIn(string word)
    {
        const string Marker = LongRope + ":";
        var end = PlanBegins(word) ?? word.Length;
        return word.AsSpan(0, end).IndexOf(Marker) is var at and >= 0 ? (at + Marker.Length)..end : null;
    }

    /// <summary>Index of the + between a scaling and a plan; null where there is none. "resonance+" and "log-n+" hold a + of their own.</summary>
    private static int? PlanBegins(string word)
    {
        if (IsSpecOf(word, PositionPlanRegistry.Forms))
        {
            return null;
        }

        for (var at = word.IndexOf(Together, StringComparison.Ordinal); at >= 0; at = word.IndexOf(Together, at + 1))
        {
            if (IsSpecOf(word[(at + 1)..], PositionPlanRegistry.Forms))
            {
                return at;
            }
        }

        return null;
    }

    private static bool IsSpecOf(string word, IEnumerable<string> forms)
    {
        static string NameOf(string form) => form.Split(':', '[', Together)[0];
        return forms.Any(f => NameOf(f) == NameOf(word));
    }

    /// <summary>Errors of the registries name the flag that they were made for.</summary>
    private static T Read<T>(string word, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UserInputException e)
        {
            var own = new[] { "--scaling ", "--plan " }.FirstOrDefault(f => e.Message.StartsWith(f, StringComparison.Ordinal));
            throw new UserInputException(own is null ? $"--methods {word}: {e.Message}" : $"--methods {e.Message[own.Length..]}");
        }
    }

    private static UserInputException Unknown(string word) => new(
        $"--methods: found \"{Printable.OneLine(word)}\", expected {Everything}, {string.Join(", ", Names)} (with --factors), or a spec: {string.Join(", ", RopeScalingRegistry.Forms.Concat(PositionPlanRegistry.Forms))}, SCALING{Together}PLAN");
}
