using System.Collections.Immutable;
using System.Globalization;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>The methods that LongEmbed compares (2404.12096, section 4) and those that came after it, with the numbers that follow from the model's window
/// L and the length T that it is to read, s = T/L: never from the texts that another happens to be embedded with.</summary>
public static class EmbedderMethods
{
    /// <summary>What stands for the whole list.</summary>
    public const string Everything = "all";

    /// <summary>The model as it is.</summary>
    public const string None = "none";

    /// <summary>Factors of a file.</summary>
    internal const string LongRope = "longrope";

    private const string DualChunk = "dual-chunk";
    private const string LogN = "log-n";

    private static readonly string[] s_absolute = [None, "pcw", "gp", "rp", "pi"];
    private static readonly string[] s_rotary = [None, "pcw", "gp", "rp", "pi", "ntk", "resonance", "yarn", LongRope, "self-extend"];

    /// <summary>All names; specs are allowed too.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_rotary, DualChunk];

    /// <summary>L of a model: the window that its methods count from.</summary>
    public static int WindowOf(TextEncoder model) => model.Rope?.Geometry.OriginalContext ?? model.Window;

    /// <summary>Reads a list.</summary>
    /// <param name="words">Names, "all", specs; one may hold several with commas between them. "none" always leads.</param>
    /// <param name="model">The model.</param>
    /// <param name="target">T in tokens.</param>
    /// <param name="factors">A factors file for "longrope", or null.</param>
    /// <param name="logN">Whether queries are scaled by max(1, ln n / ln L) too, as LongEmbed's code does: in the methods that have a name, but for those
    /// that never read more than L tokens.</param>
    /// <param name="leftOut">Methods that "all" names and this model cannot have, such as plans where layers see neighbours only: each with the reason.</param>
    /// <exception cref="UserInputException">A word is no method, or not one for this model.</exception>
    public static IReadOnlyList<EmbedderMethod> Parse(IEnumerable<string> words, TextEncoder model, int target, string? factors, bool logN, out IReadOnlyList<string> leftOut)
    {
        var known = Of(model, factors);
        List<EmbedderMethod> methods = [Named(None, model, target, factors, logN)];
        var refused = new List<string>();
        foreach (var (word, isAsked) in words.SelectMany(MethodList.Split).SelectMany(w => w == Everything ? known.Select(k => (k, false)) : [(w, true)]))
        {
            if (methods.Exists(m => m.Name == word))
            {
                continue;
            }

            // Whether each fits the model is told before anything is run.
            var method = known.Contains(word, StringComparer.Ordinal) ? Named(word, model, target, factors, logN) : OfSpec(word, known);
            if (Refusal(method, model) is not { } refusal)
            {
                methods.Add(method);
            }
            else if (isAsked)
            {
                throw new UserInputException($"--methods {Printable.OneLine(word, 80)}: {refusal}");
            }
            else
            {
                refused.Add($"{word}: {refusal}");
            }
        }

        leftOut = refused;
        return methods;
    }

    /// <summary>Names that a model can have.</summary>
    /// <param name="model">The model.</param>
    /// <param name="factors">A factors file for "longrope", or null.</param>
    internal static ImmutableArray<string> Of(TextEncoder model, string? factors) =>
        model.Rope is null ? [.. s_absolute] : [.. s_rotary.Where(n => n != LongRope || factors is not null), .. model.IsCausal ? [DualChunk] : (string[])[]];

    private static EmbedderMethod Named(string name, TextEncoder model, int target, string? factors, bool logN)
    {
        var window = WindowOf(model);
        var scale = (double)target / window;
        var whole = (int)Math.Ceiling(scale);
        var factor = scale.ToString("R", CultureInfo.InvariantCulture);
        EmbedderMethod Plan(string plan) => new(name, [logN ? $"{LogN}+{plan}" : plan]);
        EmbedderMethod Scaled(string scaling) => new(name, logN ? [scaling, LogN] : [scaling]);
        return name switch
        {
            None => new(name, []),
            "pcw" => new(name, [], Chunks: true),
            "gp" => Plan($"grouped:group={whole}"),
            "rp" => Plan($"recurrent:period={window}"),
            "pi" when model.Rope is null => Scaled($"table:{whole}"),
            "pi" => Scaled($"linear:{factor}"),
            "ntk" => Scaled($"ntk:{factor}"),
            "resonance" => Scaled($"resonance+yarn:{factor}"),
            "yarn" => Scaled($"yarn:{factor}"),
            LongRope => Scaled($"longrope:{factors}"),

            // The paper's (g, w): (3, 256), (5, 128), (9, 64) for 512 to 1k, 2k, 4k, and the same shares of 4k; then T tokens reach just to L.
            "self-extend" => Plan($"self-extend:group={whole + 1},window={Math.Max(1, window / whole)}"),
            _ => Plan(DualChunk),
        };
    }

    private static EmbedderMethod OfSpec(string word, ImmutableArray<string> known) =>
        !Names.Contains(word, StringComparer.Ordinal) && EncoderMethodSpec.Forms.Any(f => NameOf(f) == NameOf(word))
            ? new EmbedderMethod(word, [word])
            : throw new UserInputException($"--methods: found \"{Printable.OneLine(word, 80)}\", expected {Everything}, {string.Join(", ", known)} for this model{(word == LongRope ? " (with --factors)" : "")}, or a spec such as grouped:group=4 or linear:4");

    private static string? Refusal(EmbedderMethod method, TextEncoder model)
    {
        try
        {
            _ = EncoderMethodSpec.Parse(method.Specs, model);
            return null;
        }
        catch (UserInputException e)
        {
            return e.Message;
        }
    }

    private static string NameOf(string spec) => spec.Split(':', '[', '+')[0];
}
