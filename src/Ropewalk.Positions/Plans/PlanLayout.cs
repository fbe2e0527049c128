using System.Collections.Immutable;

namespace Ropewalk.Positions.Plans;

/// <summary>A position plan laid out over a sequence: bands that share no cell, and a factor for each query. What a query may see is the union of its
/// bands, under one softmax. Rotated keys belong to the maps of one layout: keep it as long as them.</summary>
public sealed class PlanLayout
{
    private readonly Func<long, double>? queryScale;

    internal PlanLayout(ImmutableArray<PositionBand> bands, Func<long, double>? queryScale = null)
    {
        Bands = bands;
        this.queryScale = queryScale;
    }

    /// <summary>The bands, at least one.</summary>
    public ImmutableArray<PositionBand> Bands { get; }

    /// <summary>Whether any query has a factor other than 1.</summary>
    public bool HasQueryScale => queryScale is not null;

    /// <summary>What the rotated query, and so each of its logits, is multiplied by; at least 1.</summary>
    /// <param name="query">Index of the query, at least 0.</param>
    public double QueryScale(long query) => queryScale is null ? 1 : queryScale(query);

    /// <summary>The layout of a layer whose tokens see their neighbours on both sides, each at its own index.</summary>
    /// <param name="length">Tokens of the text, at least 1.</param>
    /// <param name="radius">How far a token sees on each side, at least 0.</param>
    public static PlanLayout Neighbours(long length, long radius)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        return new([new(PositionMap.Index, PositionMap.Index, query => Math.Max(0, query - radius), query => Math.Min(length, query + radius + 1))]);
    }

    /// <summary>The layout of a short text that trains the positions of a long one: two pieces, the second moved away from the first.</summary>
    /// <param name="length">Tokens of the text, at least 1.</param>
    /// <param name="cutAt">First token of the second piece, at least 0.</param>
    /// <param name="skip">Positions left out before it, at least 0.</param>
    /// <param name="isCausal">Whether a token sees only those before it.</param>
    public static PlanLayout Pieces(long length, long cutAt, long skip, bool isCausal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(cutAt);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        var positions = new PositionMap(index => index < cutAt ? index : index + skip);
        return isCausal ? Layouts.Causal(positions) : Layouts.Bidirectional(positions, length);
    }

    internal PlanLayout ScaledBy(Func<long, double> scale) => new(Bands, queryScale is null ? scale : query => queryScale(query) * scale(query));
}
