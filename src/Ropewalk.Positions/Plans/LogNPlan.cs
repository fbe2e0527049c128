namespace Ropewalk.Positions.Plans;

/// <summary>Log-n query scaling (Su Jianlin, spaces.ac.cn/archives/8823; github.com/bojone/rerope) on top of another plan: a query that sees n
/// tokens is multiplied by max(1, ln n / ln T), so that attention stays as sharp as it was at T. In a causal model n is i + 1 for query i; in one
/// that sees the whole text n is its length for all queries (2404.12096).</summary>
/// <param name="Inner">The plan whose bands are used; it has no query scale of its own.</param>
/// <param name="TrainingLength">T in tokens, at least 2; the original context, where nothing else is known.</param>
/// <exception cref="UserInputException">The inner plan scales queries already, or T is below 2.</exception>
public sealed record LogNPlan(PositionPlan Inner, int TrainingLength) : PositionPlan(Inner.OriginalContext)
{
    /// <summary>The plan whose bands are used.</summary>
    public PositionPlan Inner { get; } = Inner is LogNPlan or DualChunkPlan { Scale: not DualChunkScale.None }
        ? throw new UserInputException($"plan log-n: found {Inner.Spec}, expected a plan that does not scale queries itself")
        : Inner;

    /// <summary>T, in tokens.</summary>
    public int TrainingLength { get; } = Require.AtLeast("training", TrainingLength, 2);

    /// <inheritdoc/>
    public override string Name => Inner is FullPlan ? "log-n" : "log-n+" + Inner.Name;

    /// <inheritdoc/>
    public override string Spec =>
        SpecText.OfOptions("log-n", ("training", TrainingLength, OriginalContext)) + (Inner is FullPlan ? "" : "+" + Inner.Spec);

    internal override bool KeepsIndices => Inner.KeepsIndices;

    internal override bool HasWholePositions => Inner.HasWholePositions;

    /// <inheritdoc/>
    public override PlanLayout Causal() => Inner.Causal().ScaledBy(query => At(query + 1));

    /// <inheritdoc/>
    protected override PlanLayout LayBidirectional(long length)
    {
        var scale = At(length);
        return Inner.Bidirectional(length).ScaledBy(_ => scale);
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => Inner.Reach(length);

    private double At(long seen) => Math.Max(1, Math.Log(seen) / Math.Log(TrainingLength));
}
