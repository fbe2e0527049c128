using System.Globalization;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Export;

/// <summary>A method that a checkpoint's files can hold, chosen for a model and a target.</summary>
public static class WritableMethod
{
    private const string Option = "--method";

    /// <summary>The names that <c>extend</c> knows beside the specs of <see cref="EncoderMethodSpec"/>.</summary>
    public const string Forms = "pi, gp, rp for learned positions; pi, ntk, yarn, dynamic, base:THETA, longrope:FILE or another scaling for rotary ones; a number after a colon in place of target / window";

    /// <summary>Reads a spec. Where it has no number the factor is the target over the trained length, for a table rounded up to a whole one.</summary>
    /// <param name="spec">What the user wrote.</param>
    /// <param name="model">The model.</param>
    /// <param name="target">Tokens of the longest text to be.</param>
    /// <returns>The method as it is in memory.</returns>
    /// <exception cref="UserInputException">There is no such method, or no file can hold it.</exception>
    public static EncoderMethod Of(string spec, TextEncoder model, int target)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(model);
        var name = spec[..(spec.IndexOfAny([':', '+', '[']) is >= 0 and var end ? end : spec.Length)];
        var method = EncoderMethodSpec.Parse([model.Rope is null ? ForTable(spec, name, model, target) : ForAngles(spec, name, model.Rope.Geometry.OriginalContext, target)], model);
        if (method.Plan is GroupedPlan { Group: null })
        {
            throw Unwritable(spec);
        }

        return model.Rope is not null || model.LongestText(method) >= target
            ? method
            : throw new UserInputException($"{Option}: found {Printable.OneLine(spec, 80)}, which reaches {model.LongestText(method)} tokens, expected one that reaches --to {target}");
    }

    private static string ForTable(string spec, string name, TextEncoder model, int target)
    {
        var factor = (target + model.Window - 1) / model.Window;
        return (spec, name) switch
        {
            ("pi" or "table", _) => Text($"table:{factor},all"),
            (_, "pi") => $"table:{spec["pi:".Length..]},all",
            (_, "table") => spec.EndsWith(",all", StringComparison.Ordinal) ? spec : spec + ",all",
            ("gp" or "grouped", _) => Text($"grouped:group={factor}"),
            (_, "gp") => $"grouped:group={spec["gp:".Length..]}",
            ("rp", _) => "recurrent",
            (_, "rp") => $"recurrent:period={spec["rp:".Length..]}",
            (_, "grouped" or "recurrent") => spec,
            _ when IsPlan(name) => throw Unwritable(spec),
            _ => throw new UserInputException($"{Option}: found \"{Printable.OneLine(spec, 80)}\" for a model with learned positions, expected pi, gp or rp"),
        };
    }

    private static string ForAngles(string spec, string name, int original, int target)
    {
        var factor = (double)target / original;
        return (spec, name) switch
        {
            ("pi" or "linear", _) => Text($"linear:{factor:R}"),
            (_, "pi") => $"linear:{spec["pi:".Length..]}",
            ("ntk" or "yarn" or "dynamic" or "llama3" or "by-parts", _) => Text($"{spec}:{factor:R}"),
            (_, "gp" or "rp" or "table" or "chunk") => throw Unwritable(spec is "gp" or "rp" ? (spec == "gp" ? "grouped" : "recurrent") : spec),
            _ when IsPlan(name) => throw Unwritable(spec),
            _ => spec,
        };
    }

    private static bool IsPlan(string name) => name is "chunk" || PositionPlanRegistry.Forms.Any(f => f.StartsWith(name, StringComparison.Ordinal) && (f.Length == name.Length || f[name.Length] is ':' or '['));

    private static UserInputException Unwritable(string spec) => new(
        $"{Option}: found \"{Printable.OneLine(spec, 80)}\", which no checkpoint's files can hold, expected {Forms}; ropewalk embed {Option} {Printable.OneLine(spec, 80)} uses it without an export");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
