namespace Ropewalk.Positions.Plans;

/// <summary>Grouped positions (2404.12096): g neighbours share a position, floor(i / g). Without a group it follows from the length of the
/// text, g = ceil(n / L), as in LongEmbed's code; that code takes the padded length of the batch, this takes the text's own.</summary>
/// <param name="OriginalContext">L.</param>
/// <param name="Group">g, at least 1; null: by the length, for models that see the whole text.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record GroupedPlan(int OriginalContext, int? Group = null) : PositionPlan(OriginalContext)
{
    /// <summary>g, or null for ceil(n / L).</summary>
    public int? Group { get; } = Group is { } g ? Require.AtLeast("group", g, 1) : null;

    /// <inheritdoc/>
    public override string Name => "grouped";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(Name, ("group", Group, null));

    /// <inheritdoc/>
    public override PlanLayout Causal() => Layouts.Causal(Positions(
        Group ?? throw new UserInputException($"plan {Name} group: found none, expected a whole number: a causal model meets tokens before the length is known")));

    /// <inheritdoc/>
    protected override PlanLayout LayBidirectional(long length) => Layouts.Bidirectional(Positions(GroupAt(length)), length);

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => Group is null ? Math.Min(length, OriginalContext) : Groups(length, GroupAt(length));

    internal static GroupedPlan FromSpec(int originalContext, SpecArguments spec) => new(originalContext, spec.OptionalWhole("group"));

    private static PositionMap Positions(long group) => group == 1 ? PositionMap.Index : new(index => index / group);

    private static long Groups(long length, long size) => ((length - 1) / size) + 1;

    private long GroupAt(long length) => Group ?? Groups(length, OriginalContext);
}
