namespace Ropewalk.Positions.Plans;

/// <summary>Recurrent positions (2404.12096): i mod p, so that a learned table of p rows serves any length. Published for such tables; with a
/// rotary encoding tokens of different rounds share their position, and a key may stand after its query.</summary>
/// <param name="OriginalContext">L.</param>
/// <param name="Period">p, 1 to L.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record RecurrentPlan(int OriginalContext, int Period) : PositionPlan(OriginalContext)
{
    /// <summary>p.</summary>
    public int Period { get; } = Require.Between("period", Period, 1, OriginalContext, "the original context");

    /// <inheritdoc/>
    public override string Name => "recurrent";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(Name, ("period", Period, null));

    /// <inheritdoc/>
    public override PlanLayout Causal() => Layouts.Causal(Positions());

    /// <inheritdoc/>
    protected override PlanLayout LayBidirectional(long length) => Layouts.Bidirectional(Positions(), length);

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => Math.Min(length, Period);

    internal static RecurrentPlan FromSpec(int originalContext, SpecArguments spec) => new(originalContext, spec.Whole("period", originalContext));

    private PositionMap Positions()
    {
        long period = Period;
        return new(index => index % period);
    }
}
