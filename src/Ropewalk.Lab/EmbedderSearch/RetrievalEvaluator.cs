using Ropewalk.Engine.Training;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>Answers a search of factors by an embedder's retrieval: a window is a group of pairs, its loss the contrastive loss of the group's queries over
/// the group's documents.</summary>
/// <param name="embedder">Makes vectors.</param>
/// <param name="groups">At least one, each of at least two pairs.</param>
/// <param name="length">Tokens for which the points are meant.</param>
public sealed class RetrievalEvaluator(PairEmbedder embedder, IReadOnlyList<IReadOnlyList<TokenPair>> groups, int length) : ISearchEvaluator
{
    private readonly (IReadOnlyList<TokenPair> Pairs, int[] Texts)[] _groups = [.. groups.Select(g => (g, EqualTexts.Numbers(g.Select(p => p.Document))))];

    /// <inheritdoc />
    public int NumWindows => _groups.Length;

    /// <summary>Pairs cut into groups of nearly one size, in turns, so that neighbours of the file are in different ones.</summary>
    /// <param name="pairs">All pairs.</param>
    /// <param name="numGroups">Groups at most; fewer where one would have less than two pairs.</param>
    public static IReadOnlyList<IReadOnlyList<TokenPair>> Groups(IReadOnlyList<TokenPair> pairs, int numGroups)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var count = Math.Clamp(numGroups, 1, Math.Max(1, pairs.Count / 2));
        return [.. Enumerable.Range(0, count).Select(g => (IReadOnlyList<TokenPair>)[.. pairs.Where((_, i) => i % count == g)])];
    }

    /// <inheritdoc />
    public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return
        [
            .. requests.Select(r => Enumerable.Range(r.FirstWindow, r.NumWindows).Select(w =>
            {
                var (queries, documents) = embedder.Vectors(_groups[w].Pairs, embedder.Scaling(r.Point, length));
                return PairScores.Loss(queries, documents, _groups[w].Texts);
            }).ToArray()),
        ];
    }
}
