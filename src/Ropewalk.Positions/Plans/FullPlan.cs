namespace Ropewalk.Positions.Plans;

/// <summary>The ordinary plan: every token at its own index, one band.</summary>
/// <param name="OriginalContext">L.</param>
public sealed record FullPlan(int OriginalContext) : PositionPlan(OriginalContext)
{
    /// <inheritdoc/>
    public override string Name => "full";

    /// <inheritdoc/>
    public override string Spec => Name;

    internal override bool KeepsIndices => true;

    /// <inheritdoc/>
    public override PlanLayout Causal() => Layouts.Causal(PositionMap.Index);

    /// <inheritdoc/>
    protected override PlanLayout LayBidirectional(long length) => Layouts.Bidirectional(PositionMap.Index, length);

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => length;
}
