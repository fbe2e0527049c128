using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Engine.Embedding;

/// <summary>Reads what a user says to do to the positions of an embedding model: a scaling, a plan or a longer table, each once.</summary>
public static class EncoderMethodSpec
{
    private const string Table = "table:";
    private const string ForAll = ",all";

    /// <summary>The allowed forms, for help texts.</summary>
    public static IEnumerable<string> Forms => [$"{Table}FACTOR[{ForAll}]", .. PositionPlanRegistry.Forms, .. RopeScalingRegistry.Forms];

    /// <summary>Reads specs.</summary>
    /// <param name="specs">Each one of <see cref="Forms"/>.</param>
    /// <param name="model">The model that they are for.</param>
    /// <exception cref="UserInputException">A spec is none of them, or does not fit the model or the others.</exception>
    public static EncoderMethod Parse(IEnumerable<string> specs, TextEncoder model)
    {
        var method = EncoderMethod.None;
        foreach (var spec in specs)
        {
            if (spec.StartsWith(Table, StringComparison.Ordinal))
            {
                method = method with
                {
                    TableFactor = method.TableFactor == 1 ? FactorOf(spec) : throw Twice(spec, "table"),
                    StretchesShortTexts = spec.EndsWith(ForAll, StringComparison.Ordinal),
                };
            }
            else if (IsNamed(PositionPlanRegistry.Forms, spec))
            {
                method = method with { Plan = method.Plan is null ? PositionPlanRegistry.Parse(spec, model.Rope?.Geometry.OriginalContext ?? model.Window) : throw Twice(spec, "plan") };
            }
            else if (model.Rope is { } rope)
            {
                method = method with
                {
                    Scaling = method.Scaling is null ? RopeScalingRegistry.Parse(spec, rope.Geometry, path => RopeFactorsFile.Read(path, rope.Geometry)) : throw Twice(spec, "scaling"),
                };
            }
            else
            {
                throw new UserInputException($"--method: found \"{Printable.OneLine(spec, 80)}\" for a model with learned positions, expected chunk, table:FACTOR, grouped, recurrent or log-n");
            }
        }

        // Whether all of it fits together is told before any text is read.
        _ = model.LongestText(method);
        return method;
    }

    private static bool IsNamed(IEnumerable<string> forms, string spec) => forms.Select(Name).Contains(Name(spec), StringComparer.Ordinal);

    private static string Name(string spec) => spec[..(spec.IndexOfAny([':', '[', '+']) is >= 0 and var end ? end : spec.Length)];

    private static int FactorOf(string spec) =>
        int.TryParse(spec.AsSpan(Table.Length, spec.Length - Table.Length - (spec.EndsWith(ForAll, StringComparison.Ordinal) ? ForAll.Length : 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var factor) && factor is >= 2 and <= 1 << 16
            ? factor
            : throw new UserInputException($"--method: found \"{Printable.OneLine(spec, 80)}\", expected {Table} and a whole number from 2 to 65536");

    private static UserInputException Twice(string spec, string what) =>
        new($"--method: found \"{Printable.OneLine(spec, 80)}\" after another {what}, expected one");
}
