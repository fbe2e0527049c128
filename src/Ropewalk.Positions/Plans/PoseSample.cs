namespace Ropewalk.Positions.Plans;

/// <summary>One training sample of PoSE (2309.10400): two pieces of a document that together fill the original window, the second moved away from the
/// first, so that a short sample trains distances of the target window. The first piece begins the document and stands at position 0, as in
/// the authors' code; the paper leaves its place open.</summary>
/// <param name="FirstTokens">Tokens of the first piece, at least 1.</param>
/// <param name="SecondPiece">Tokens of the document that follow it in the sample.</param>
/// <param name="Skip">Positions left out between the two, at least 0.</param>
public sealed record PoseSample(int FirstTokens, IndexRange SecondPiece, int Skip)
{
    /// <summary>Tokens of the sample: those of the document, at most L.</summary>
    public int Length => FirstTokens + (int)SecondPiece.Count;

    /// <summary>Draws a sample. The draws are, in this order: the length of the first piece in 1 .. ceil(l/2), the end of the second in l .. n, and the
    /// skip in 0 .. L' - l, where l = min(n, L).</summary>
    /// <param name="documentTokens">n, at least 1.</param>
    /// <param name="originalContext">L, at least 1.</param>
    /// <param name="targetContext">L', at least L.</param>
    /// <param name="draw">Draws a whole number between two limits, both included.</param>
    /// <exception cref="UserInputException">A length is outside its range.</exception>
    /// <exception cref="ArgumentException">A draw is outside its limits.</exception>
    public static PoseSample Draw(int documentTokens, int originalContext, int targetContext, Func<int, int, int> draw)
    {
        Require.AtLeast("document tokens", documentTokens, 1);
        Require.AtLeast("original context", originalContext, 1);
        Require.AtLeast("target context", targetContext, originalContext);
        ArgumentNullException.ThrowIfNull(draw);
        var length = Math.Min(documentTokens, originalContext);
        var first = Within(1, length - (length / 2));
        var end = Within(length, documentTokens);
        var skip = Within(0, targetContext - length);
        return new(first, new(end - (length - first), end), skip);

        int Within(int low, int high)
        {
            var drawn = draw(low, high);
            return drawn >= low && drawn <= high ? drawn : throw new ArgumentException($"drew {drawn}, expected {low} to {high}", nameof(draw));
        }
    }

    /// <summary>Index in the document of a token of the sample.</summary>
    /// <param name="index">0 to Length - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the sample.</exception>
    public int TokenAt(int index) => InFirst(index) ? index : (int)SecondPiece.First + index - FirstTokens;

    /// <summary>Position of a token of the sample, 0 to L' - 1; both as query and as key.</summary>
    /// <param name="index">0 to Length - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the sample.</exception>
    public int PositionAt(int index) => InFirst(index) ? index : index + Skip;

    /// <summary>The layout of the sample for a model whose tokens see themselves and what is before them; good for its tokens alone.</summary>
    public PlanLayout Causal() => Layouts.Causal(new PositionMap(index => index < FirstTokens ? index : index + Skip));

    private bool InFirst(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
        return index < FirstTokens;
    }
}
