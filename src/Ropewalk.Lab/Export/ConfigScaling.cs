using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>A plan's method by a name that other programs know.</summary>
internal static class ConfigScaling
{
    /// <summary>The same angles by a method that checkpoint configs have keys for. NTK is another base; NTK by parts is YaRN with an attention factor of 1; whatever else is
    /// the same at every length is a list of LongRoPE factors.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="target">For errors.</param>
    /// <param name="notes">Takes what was renamed.</param>
    /// <exception cref="UserInputException">The method depends on the length in a way that no config can say.</exception>
    public static RopeScaling Of(RopePlan plan, string target, List<string> notes)
    {
        var scaling = plan.Scaling;
        var geometry = plan.Geometry;
        switch (scaling)
        {
            case NoScaling or LinearScaling or DynamicNtkScaling or YarnScaling { ExtrapolationFactor: 1 } or Llama3Scaling or BaseScaling or LongRopeScaling:
                return scaling;
            case NtkScaling ntk:
                var renamed = new BaseScaling(geometry, geometry.Base * Math.Pow(ntk.Alpha, geometry.RotaryDimension / (geometry.RotaryDimension - 2.0)));
                notes.Add($"{ntk.Spec} is written as the base that it is: {renamed.NewBase:G9}");
                return renamed;
            case NtkByPartsScaling { ExtrapolationFactor: 1 } parts:
                notes.Add($"{parts.Spec} is written as yarn with an attention factor of 1, which it is");
                return new YarnScaling(geometry, parts.Factor) { BetaFast = parts.BetaFast, BetaSlow = parts.BetaSlow, Truncate = parts.Truncate, ExplicitAttentionFactor = 1 };
        }

        var longest = scaling.At(plan.TargetLength);
        if (!scaling.At(1).Equals(longest) || !scaling.At(geometry.OriginalContext + 1L).Equals(longest) || longest.StartTokens > 0 || longest.InverseFrequencies.Any(f => f <= 0))
        {
            throw new UserInputException($"--target {target}: found {scaling.Spec}, which other programs have no keys for; expected linear, dynamic, ntk, by-parts, yarn, llama3, base, longrope, or a method that is the same at every length");
        }

        notes.Add($"{scaling.Spec} has no name elsewhere: it is written as LongRoPE factors, one list for every length");
        var factors = longest.RescaleFactors(geometry);
        return new LongRopeScaling(geometry, [new LongRopeEntry(plan.TargetLength, [.. factors], longest.AttentionFactor)]);
    }
}
