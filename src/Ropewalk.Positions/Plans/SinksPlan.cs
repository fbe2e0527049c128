namespace Ropewalk.Positions.Plans;

/// <summary>Attention sinks with a sliding window (2309.17453): a query sees the first S tokens of the text and the last R, its own among them, and positions
/// are counted in the cache that holds just those. So recent keys keep their true distances, and the sinks stand right before the window however far
/// it has slid. This lets a text have any length; it gives the model no more than S + R tokens of context. With S = 0 it is a plain sliding window.</summary>
/// <remarks>Where a text is fed in chunks, the authors' code makes room for a whole chunk before it is read, so what a token sees depends on how
/// the text was cut. Here that is the parameter <paramref name="Evict"/>: room is made at its multiples, for so many tokens at once; 1, token by
/// token, is what their streaming does. Feeding in other chunks changes nothing.</remarks>
/// <param name="OriginalContext">L.</param>
/// <param name="Start">S in tokens, at least 0; the authors take 4, or 1 for a model trained with a sink token. S + R is at most L.</param>
/// <param name="Recent">R in tokens, at least 1.</param>
/// <param name="Evict">Tokens that room is made for at once, 1 to R.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record SinksPlan(int OriginalContext, int Start, int Recent, int Evict = 1) : PositionPlan(OriginalContext)
{
    /// <summary>S, in tokens.</summary>
    public int Start { get; } = Require.Between("start", Start, 0, OriginalContext - 1, "the original context less one");

    /// <summary>R, in tokens.</summary>
    public int Recent { get; } = Require.Between("recent", Recent, 1, OriginalContext - Start, "the original context less start");

    /// <summary>Tokens that room is made for at once.</summary>
    public int Evict { get; } = Require.Between("evict", Evict, 1, Recent, "recent");

    /// <inheritdoc/>
    public override string Name => "sinks";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(Name, ("start", Start, null), ("recent", Recent, null), ("evict", Evict, 1));

    /// <inheritdoc/>
    public override PlanLayout Causal()
    {
        long start = Start;
        long recent = Recent;
        long evict = Evict;

        // Only distances count: recent keys and their queries may as well keep their indices. To the sinks a query stands at its place in the cache.
        var window = new PositionBand(
            PositionMap.Index,
            PositionMap.Index,
            query => Math.Max(start, query - (query % evict) + evict - recent),
            query => query + 1);
        if (start == 0)
        {
            return new([window]);
        }

        var inCache = new PositionMap(query => Math.Min(query, start + recent - evict + (query % evict)));
        return new([new(inCache, PositionMap.Index, _ => 0, query => Math.Min(start, query + 1)), window]);
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length)
    {
        // The cache is full when room has been made once; from then on it holds Rest tokens before each chunk of Evict.
        var rest = (long)Start + Recent - Evict;
        var whole = ((rest / Evict) + 1) * Evict;
        return length <= whole ? length : Math.Max(whole, rest + Math.Min(length - whole, Evict));
    }

    internal static SinksPlan FromSpec(int originalContext, SpecArguments spec) =>
        new(originalContext, spec.Whole("start", 4, minimum: 0), spec.RequiredWhole("recent"), spec.Whole("evict", 1));
}
