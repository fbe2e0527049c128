using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Positions;

/// <summary>All that is done to the positions of a sequence: which angle a position has, and which positions a pair of tokens is compared at.</summary>
public sealed record PositionMethod
{
    /// <summary>Puts a scaling and a plan together.</summary>
    /// <param name="scaling">Angles.</param>
    /// <param name="plan">Positions and cells; null for the ordinary plan.</param>
    /// <exception cref="UserInputException">The two make no sense together.</exception>
    public PositionMethod(RopeScaling scaling, PositionPlan? plan = null)
    {
        ArgumentNullException.ThrowIfNull(scaling);
        Scaling = scaling;
        Plan = plan ?? new FullPlan(scaling.Geometry.OriginalContext);
        Plan.CheckScaling(scaling);
        Layout = Plan is FullPlan ? null : Plan.Causal();
    }

    /// <summary>Angles.</summary>
    public RopeScaling Scaling { get; }

    /// <summary>Positions and cells.</summary>
    public PositionPlan Plan { get; }

    /// <summary>The plan laid out for a causal model; null for the ordinary plan.</summary>
    public PlanLayout? Layout { get; }

    /// <summary>Both names; the scaling's alone under the ordinary plan.</summary>
    public string Name => Plan is FullPlan ? Scaling.Name : Scaling.Name == "none" ? Plan.Name : $"{Scaling.Name}, {Plan.Name}";

    /// <summary>Both specs, as --scaling and --plan take them; the scaling's alone under the ordinary plan.</summary>
    public string Spec => Plan is FullPlan ? Scaling.Spec : Scaling.Name == "none" ? Plan.Spec : $"{Scaling.Spec}, {Plan.Spec}";

    /// <summary>The frequencies for the longest sequences: a list of factors has its last entry, a formula the given length.</summary>
    /// <param name="maximumContext">Tokens that the model is used for at most.</param>
    public RopeFrequencies Longest(long maximumContext) => Scaling is LongRopeScaling longRope
        ? Scaling.At(longRope.Entries[^1].MaximumLength)
        : At(Math.Max(maximumContext, Scaling.Geometry.OriginalContext + 1L));

    /// <summary>The frequencies of a sequence: the scaling's for the length that the model believes to see under the plan.</summary>
    /// <param name="length">Tokens, at least 1.</param>
    public RopeFrequencies At(long length) => Scaling.At(Plan.Reach(length));
}
