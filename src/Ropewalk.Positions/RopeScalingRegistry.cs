using Ropewalk.Positions.Scaling;

namespace Ropewalk.Positions;

/// <summary>All scaling methods by the name that a user writes. A new method is its file in Scaling/ and its line here.</summary>
public static class RopeScalingRegistry
{
    private const string ResonancePrefix = "resonance+";

    private static readonly SpecTable<RopeGeometry, RopeScaling> Methods = new(
        "--scaling",
        ["longrope:FACTORS_FILE", "dynamic-longrope:FACTORS_FILE", "resonance+METHOD"],
        new("none", "none", (geometry, _) => new NoScaling(geometry)),
        new("linear", "linear:FACTOR", LinearScaling.FromSpec),
        new("dynamic-linear", "dynamic-linear", (geometry, _) => new DynamicLinearScaling(geometry)),
        new("ntk", "ntk:FACTOR", NtkScaling.FromSpec),
        new("dynamic", "dynamic:FACTOR", DynamicNtkScaling.FromSpec),
        new("part-ntk", "part-ntk:FACTOR[,ntk=N][,extrapolation=N]", PartNtkScaling.FromSpec),
        new("by-parts", "by-parts:FACTOR[,beta-fast=N][,beta-slow=N][,truncate=BOOL][,extrapolation=N]", NtkByPartsScaling.FromSpec),
        new(
            "yarn",
            "yarn:FACTOR[,attention=N][,attention-multiplier=N][,beta-fast=N][,beta-slow=N][,truncate=BOOL][,extrapolation=N][,mscale=N][,mscale-all-dim=N]",
            YarnScaling.FromSpec),
        new("dynamic-yarn", "dynamic-yarn:FIRST_FACTOR[,beta-fast=N][,beta-slow=N]", DynamicYarnScaling.FromSpec),
        new("llama3", "llama3:FACTOR[,low=N][,high=N]", Llama3Scaling.FromSpec),
        new("base", "base:THETA", BaseScaling.FromSpec),
        new("proportional", "proportional:FACTOR[,fraction=N]", ProportionalScaling.FromSpec));

    /// <summary>The allowed forms of a spec, for help texts; resonance+ may stand before each.</summary>
    public static IReadOnlyList<string> Forms => Methods.Forms;

    /// <summary>Reads a spec such as "yarn:4,attention=1.1", "resonance+ntk:8" or "longrope:factors.json".</summary>
    /// <param name="spec">What the user gave to --scaling.</param>
    /// <param name="geometry">The encoding as trained.</param>
    /// <param name="readFactors">Reads a factors file for this geometry; called for the longrope methods with the path as written.</param>
    /// <exception cref="UserInputException">The spec is not one of <see cref="Forms"/> or a number in it is out of range; the line names
    /// --scaling, the spec and what is allowed.</exception>
    public static RopeScaling Parse(string spec, RopeGeometry geometry, Func<string, LongRopeScaling> readFactors)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(readFactors);
        if (spec.StartsWith(ResonancePrefix, StringComparison.Ordinal))
        {
            return new ResonanceScaling(ParseMethod(spec, spec[ResonancePrefix.Length..], geometry, readFactors));
        }

        return ParseMethod(spec, spec, geometry, readFactors);
    }

    private static RopeScaling ParseMethod(string spec, string methodSpec, RopeGeometry geometry, Func<string, LongRopeScaling> readFactors)
    {
        var (name, rest) = SpecTable<RopeGeometry, RopeScaling>.Split(methodSpec);
        if (name is not ("longrope" or "dynamic-longrope"))
        {
            return Methods.Parse(spec, methodSpec, geometry);
        }

        // The rest is a path and nothing else: paths may hold commas and equals signs.
        var factors = readFactors(string.IsNullOrEmpty(rest) ? throw Methods.Bad(spec, "the factors file is missing", $"{name}:FACTORS_FILE") : rest);
        return name is "longrope" ? factors : Methods.Guard(spec, () => Dynamic(factors));
    }

    private static DynamicLongRopeScaling Dynamic(LongRopeScaling longRope)
    {
        var target = longRope.Entries[^1];
        if (target.StartTokens > 0)
        {
            throw new UserInputException($"dynamic-longrope start tokens: found {target.StartTokens}, expected 0");
        }

        var scale = (double)target.MaximumLength / longRope.Geometry.OriginalContext;
        return new(longRope.Geometry, target.RescaleFactors, scale, target.AttentionFactor);
    }
}
