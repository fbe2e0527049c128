using Ropewalk.Positions.Scaling;

namespace Ropewalk.Positions.Plans;

/// <summary>A method that says at which positions the tokens of a sequence are compared, where a <see cref="RopeScaling"/> says what angle a position
/// has. Immutable. A causal layout holds for sequences of any length and no query's part of it depends on later tokens, so a text gives the
/// same result whole, in chunks and token by token.</summary>
/// <param name="OriginalContext">The window L in tokens that the model holds without the plan (with its scaling, where it has one), at least 1.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public abstract record PositionPlan(int OriginalContext)
{
    /// <summary>The <see cref="LongestWindow"/> of a plan that no length leads out of the trained distances.</summary>
    public const long Unlimited = long.MaxValue;

    // Longer than any sequence, and far enough from overflow that plans need not think of it.
    private const long Horizon = 1L << 61;

    /// <summary>The window L in tokens.</summary>
    public int OriginalContext { get; } = Require.AtLeast("original context", OriginalContext, 1);

    /// <summary>Name of the plan, as in a spec.</summary>
    public abstract string Name { get; }

    /// <summary>Canonical text of the plan and its parameters; options at their defaults are left out where the default is a fixed one.</summary>
    public abstract string Spec { get; }

    /// <summary>The longest text whose compared distances are all among the trained ones 0 .. L-1; <see cref="Unlimited"/> where there is no such
    /// limit. How much of the text a query sees is the layout's business, and what the model makes of it is to be measured.</summary>
    public long LongestWindow
    {
        get
        {
            if (Reach(Horizon) <= OriginalContext)
            {
                return Unlimited;
            }

            var (fits, tooLong) = (1L, Horizon);
            while (tooLong - fits > 1)
            {
                var middle = fits + ((tooLong - fits) / 2);
                (fits, tooLong) = Reach(middle) <= OriginalContext ? (middle, tooLong) : (fits, middle);
            }

            return fits;
        }
    }

    /// <summary>Whether every token stands at its own index, so that the plan changes no angle.</summary>
    internal virtual bool KeepsIndices => false;

    /// <summary>Whether all positions are whole numbers.</summary>
    internal virtual bool HasWholePositions => true;

    /// <summary>The layout for a model whose tokens see themselves and what is before them.</summary>
    /// <exception cref="UserInputException">The plan needs the length of the whole text.</exception>
    public abstract PlanLayout Causal();

    /// <summary>The layout for a model whose tokens see the whole text, as encoders do.</summary>
    /// <param name="length">Tokens of the text, without padding, at least 1.</param>
    /// <exception cref="UserInputException">The plan is made for causal models.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public PlanLayout Bidirectional(long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return LayBidirectional(length);
    }

    /// <summary>One more than the largest distance at which tokens of a sequence are compared, rounded up: the length that the model believes to see,
    /// and the one to ask a length-dependent <see cref="RopeScaling"/> for.</summary>
    /// <param name="length">Tokens of the sequence, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public long Reach(long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return ComputeReach(length);
    }

    /// <summary>Refuses a scaling that makes no sense together with this plan.</summary>
    /// <exception cref="UserInputException">The line names both and says why: start tokens have angles of their own, which no plan that moves tokens
    /// can keep apart (2402.13753); a scaling that changes with the length would never see a length at which it changes; whole wavelengths
    /// (2403.00071) repeat at whole positions only.</exception>
    public void CheckScaling(RopeScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(scaling);
        if (KeepsIndices)
        {
            return;
        }

        var inner = scaling is ResonanceScaling resonance ? resonance.Inner : scaling;
        if (inner is LongRopeScaling longRope && longRope.Entries.FirstOrDefault(e => e.StartTokens > 0) is { } entry)
        {
            throw Senseless(scaling, $"found {entry.StartTokens} start tokens, expected none: the plan moves tokens, and start tokens turn by their true index");
        }

        if (scaling is ResonanceScaling && !HasWholePositions)
        {
            throw Senseless(scaling, "found positions that are no whole numbers, expected whole ones: rounded wavelengths repeat at those only");
        }

        // Reach never falls, so a scaling that is the same at both ends of its range never changes.
        var longest = Reach(Horizon);
        if (scaling.At(Horizon) != scaling.At(1) && scaling.At(longest) == scaling.At(1))
        {
            throw Senseless(scaling, $"found a scaling that begins above {longest} tokens, expected one for every length: the plan shows the model no more than that, so it would never act");
        }
    }

    /// <summary>The bidirectional layout; the length is at least 1.</summary>
    protected virtual PlanLayout LayBidirectional(long length) =>
        throw new UserInputException($"plan {Name}: found a model whose tokens see the whole text, expected a causal one");

    /// <summary>The formula of <see cref="Reach"/>: it never falls as the length rises from 1, and does not overflow up to 2^61.</summary>
    protected abstract long ComputeReach(long length);

    private UserInputException Senseless(RopeScaling scaling, string reason) => new($"plan {Name} with scaling {scaling.Name}: {reason}");
}
