using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Cli;

/// <summary>What a command does to positions: --scaling, or what config.json says, and --plan.</summary>
internal static class Scalings
{
    public static RopeScaling Choose(string? spec, RopeConfig rope) =>
        spec is null ? rope.Scaling : RopeScalingRegistry.Parse(spec, rope.Geometry, path => RopeFactorsFile.Read(path, rope.Geometry));

    /// <summary>Scaling and plan together.</summary>
    /// <exception cref="UserInputException">They make no sense together, or for this model.</exception>
    public static PositionMethod Choose(string? spec, string? plan, LanguageModel model)
    {
        var method = new PositionMethod(
            Choose(spec, model.Rope), plan is null ? null : PositionPlanRegistry.Parse(plan, model.Rope.Geometry.OriginalContext));
        return method.Layout is null || model.ExtendedWindow == 0
            ? method
            : throw new UserInputException($"--plan: found {method.Plan.Name} for a model whose layers see {model.ExtendedWindow} tokens back, expected one that sees all: the plan would move what is never seen");
    }
}
