namespace Ropewalk.Positions.Plans;

/// <summary>SelfExtend (2401.01325): a key less than w tokens away at its true distance, a farther one at the distance of groups of g tokens,
/// floor(i/g) - floor(j/g) + w - floor(w/g). In a model that sees the whole text the same holds mirrored for keys after the query
/// (2404.12096), and a text of up to L tokens stays ordinary; LongEmbed's code for encoders does so below L, its code for Mistral up to L.</summary>
/// <param name="OriginalContext">L. A model's own sliding window must be off.</param>
/// <param name="Group">g, at least 1; 1 is the ordinary plan.</param>
/// <param name="Window">w, the neighbour window in tokens, 1 to L.</param>
/// <param name="Rounding">What to do where g does not divide w.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record SelfExtendPlan(int OriginalContext, int Group, int Window, SelfExtendRounding Rounding = SelfExtendRounding.Floor)
    : PositionPlan(OriginalContext)
{
    /// <summary>g.</summary>
    public int Group { get; } = Require.AtLeast("group", Group, 1);

    /// <summary>w, in tokens.</summary>
    public int Window { get; } = Require.Between("window", Window, 1, OriginalContext, "the original context");

    /// <inheritdoc/>
    public override string Name => "self-extend";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(
        Name,
        ("group", Group, null),
        ("window", Window, null),
        ("rounding", Rounding is SelfExtendRounding.Fractional ? "fractional" : "floor", "floor"));

    internal override bool HasWholePositions => Rounding is SelfExtendRounding.Floor || Window % Group == 0;

    private double Shift => Rounding is SelfExtendRounding.Fractional ? Window - ((double)Window / Group) : Window - (Window / Group);

    /// <inheritdoc/>
    public override PlanLayout Causal()
    {
        long w = Window;
        return new(
        [
            new(PositionMap.Index, PositionMap.Index, query => Math.Max(0, query - w + 1), query => query + 1),
            new(Grouped(Shift), Grouped(0), _ => 0, query => query - w + 1),
        ]);
    }

    /// <inheritdoc/>
    protected override PlanLayout LayBidirectional(long length)
    {
        if (length <= OriginalContext)
        {
            return Layouts.Bidirectional(PositionMap.Index, length);
        }

        // A key after its query changes roles with it, so the shift is the key's. The same shifted keys serve those before, whose query is shifted twice.
        var keys = Grouped(Shift);
        long w = Window;
        return new(
        [
            new(PositionMap.Index, PositionMap.Index, query => Math.Max(0, query - w + 1), query => Math.Min(length, query + w)),
            new(Grouped(2 * Shift), keys, _ => 0, query => query - w + 1),
            new(Grouped(0), keys, query => Math.Min(length, query + w), _ => length),
        ]);
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => length <= Window
        ? length
        : Math.Max(Window, ((length - 1) / Group) + (long)Math.Ceiling(Shift) + 1);

    internal static SelfExtendPlan FromSpec(int originalContext, SpecArguments spec) => new(
        originalContext,
        spec.RequiredWhole("group"),
        spec.RequiredWhole("window"),
        spec.Choice("rounding", ("floor", SelfExtendRounding.Floor), ("fractional", SelfExtendRounding.Fractional)));

    private PositionMap Grouped(double shift)
    {
        long g = Group;
        return new(index => (index / g) + shift);
    }
}
