namespace Ropewalk.Positions.Plans;

/// <summary>ReRoPE (Su Jianlin, github.com/bojone/rerope): the distance is min(i - j, w). The authors' code also scales queries: put log-n+ before
/// the spec for that.</summary>
/// <param name="OriginalContext">L.</param>
/// <param name="Window">w in tokens, 1 to L; L itself reaches one distance further than was trained.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record ReRopePlan(int OriginalContext, int Window) : PositionPlan(OriginalContext)
{
    /// <summary>w, in tokens.</summary>
    public int Window { get; } = Require.Between("window", Window, 1, OriginalContext, "the original context");

    /// <inheritdoc/>
    public override string Name => "rerope";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(Name, ("window", Window, null));

    /// <inheritdoc/>
    public override PlanLayout Causal()
    {
        long w = Window;
        return new(
        [
            new(PositionMap.Index, PositionMap.Index, query => Math.Max(0, query - w + 1), query => query + 1),
            new(new(_ => w), new(_ => 0), _ => 0, query => query - w + 1),
        ]);
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => Math.Min(length, Window + 1L);

    internal static ReRopePlan FromSpec(int originalContext, SpecArguments spec) => new(originalContext, spec.RequiredWhole("window"));
}
