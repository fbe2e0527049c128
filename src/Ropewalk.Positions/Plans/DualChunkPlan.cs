namespace Ropewalk.Positions.Plans;

/// <summary>Dual chunk attention (2402.17463): the text is cut into chunks of s = c - local tokens, and key j stands at j mod s. A query i sees its own
/// chunk from i mod s (the true distance), the chunk before from min(s + i mod s, M), where the first queries of a chunk keep their true distances, and
/// all older chunks from M; M is c or c - 1. Where s is below the local window, ChunkLlama's code sees older chunks from 2s - 1 instead: so does
/// <see cref="DualChunkVariant.Code"/>.</summary>
/// <param name="OriginalContext">L.</param>
/// <param name="Chunk">c in tokens, 2 to L; the authors take 3/4 L.</param>
/// <param name="Local">Tokens, 1 to c - 1; the authors take L/8.</param>
/// <param name="Variant">Which M.</param>
/// <param name="Scale">What logits beyond L tokens are multiplied by.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record DualChunkPlan(
    int OriginalContext, int Chunk, int Local, DualChunkVariant Variant = DualChunkVariant.Code, DualChunkScale Scale = DualChunkScale.None)
    : PositionPlan(OriginalContext)
{
    /// <summary>c, in tokens.</summary>
    public int Chunk { get; } = Require.Between("chunk", Chunk, 2, OriginalContext, "the original context");

    /// <summary>Tokens of the chunk before that keep their true distances.</summary>
    public int Local { get; } = Require.Between("local", Local, 1, Chunk - 1, "the chunk less one");

    /// <inheritdoc/>
    public override string Name => "dual-chunk";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(
        Name,
        ("chunk", Chunk, null),
        ("local", Local, null),
        ("variant", Variant is DualChunkVariant.Paper ? "paper" : "code", "code"),
        ("scale", Scale switch { DualChunkScale.ChunkLlama => "chunkllama", DualChunkScale.Qwen => "qwen", _ => "none" }, "none"));

    private long Limit => Variant is DualChunkVariant.Paper ? Chunk - 1 : Chunk;

    private long InterPosition => Variant is DualChunkVariant.Paper ? Limit : Math.Min((2L * (Chunk - Local)) - 1, Limit);

    /// <inheritdoc/>
    public override PlanLayout Causal()
    {
        long s = Chunk - Local;
        var (limit, inter) = (Limit, InterPosition);
        var positions = new PositionMap(index => index % s);
        var successive = new PositionMap(query => Math.Min((query % s) + s, limit));
        return new(
            [
                new(positions, positions, query => query - (query % s), query => query + 1),
                new(successive, positions, query => Math.Max(0, query - (query % s) - s), query => query - (query % s)),
                new(new(_ => inter), positions, _ => 0, query => query - (query % s) - s),
            ],
            QueryScale());
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => length <= 2L * (Chunk - Local) ? Math.Min(length, Limit + 1) : InterPosition + 1;

    internal static DualChunkPlan FromSpec(int originalContext, SpecArguments spec) => new(
        originalContext,
        spec.Whole("chunk", (int)(originalContext * 3L / 4)),
        spec.Whole("local", originalContext / 8),
        spec.Choice("variant", ("code", DualChunkVariant.Code), ("paper", DualChunkVariant.Paper)),
        spec.Choice("scale", ("none", DualChunkScale.None), ("chunkllama", DualChunkScale.ChunkLlama), ("qwen", DualChunkScale.Qwen)));

    private Func<long, double>? QueryScale()
    {
        double original = OriginalContext;
        return Scale switch
        {
            DualChunkScale.ChunkLlama => query => Math.Pow(1 + (0.05 * Math.Log(Math.Max(1, (query + 1) / original))), 2),
            DualChunkScale.Qwen => query => 1 + (0.1 * Math.Log(Math.Max(1, (query + 1) / original))),
            _ => null,
        };
    }
}
