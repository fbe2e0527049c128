namespace Ropewalk.Positions.Plans;

/// <summary>Leaky ReRoPE (Su Jianlin, github.com/bojone/rerope): the distance is i - j below w, and w + (i - j - w)/k beyond. The authors' code also
/// scales queries: put log-n+ before the spec for that.</summary>
/// <param name="OriginalContext">L.</param>
/// <param name="Window">w in tokens, 1 to L.</param>
/// <param name="Factor">k, finite and at least 1; 1 is the ordinary plan.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record LeakyReRopePlan(int OriginalContext, int Window, double Factor) : PositionPlan(OriginalContext)
{
    // A quotient that is a whole number but for its last digit is one.
    private const double Rounding = 1e-9;

    /// <summary>w, in tokens.</summary>
    public int Window { get; } = Require.Between("window", Window, 1, OriginalContext, "the original context");

    /// <summary>k.</summary>
    public double Factor { get; } = Require.AtLeast("factor", Factor, 1);

    /// <inheritdoc/>
    public override string Name => "leaky-rerope";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(Name, ("window", Window, null), ("factor", Factor, null));

    internal override bool HasWholePositions => Factor.Equals(1);

    /// <inheritdoc/>
    public override PlanLayout Causal()
    {
        var (k, shift) = (Factor, Window - (Window / Factor));
        long w = Window;
        return new(
        [
            new(PositionMap.Index, PositionMap.Index, query => Math.Max(0, query - w + 1), query => query + 1),
            new(new(query => (query / k) + shift), new(key => key / k), _ => 0, query => query - w + 1),
        ]);
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => length <= Window
        ? length
        : Window + (long)Math.Ceiling(((length - 1 - Window) / Factor) - Rounding) + 1;

    internal static LeakyReRopePlan FromSpec(int originalContext, SpecArguments spec) =>
        new(originalContext, spec.RequiredWhole("window"), spec.RequiredNumber("factor"));
}
