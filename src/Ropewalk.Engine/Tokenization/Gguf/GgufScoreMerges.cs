namespace Ropewalk.Engine.Tokenization;

/// <summary>The merges that say what a SentencePiece table says by scores.</summary>
/// <remarks>
/// SentencePiece (and llama.cpp with it) has no list of merges: any two neighbours whose joined text is a token may be joined,
/// the pair with the highest score first, the leftmost of equals. As a list this is each way to cut each token into two
/// tokens, in descending order of the token's score, as Transformers converts such models. One thing a list cannot say:
/// equal scores. Two ways to make one token (and tokens of equal score) follow here in the order of ids, there from left
/// to right.
/// </remarks>
internal static class GgufScoreMerges
{
    /// <summary>Ids of left and right, best first.</summary>
    public static List<(int Left, int Right)> Build(GgufTokenTable table, float[] scores) => Build(table.Ids, id => scores[id]);

    /// <summary>Ids of left and right, best first.</summary>
    /// <param name="ids">The tokens that may be joined and come of it.</param>
    /// <param name="score">Score of an id.</param>
    public static List<(int Left, int Right)> Build(Dictionary<string, int> ids, Func<int, float> score)
    {
        var merges = new List<(int Left, int Right)>();
        foreach (var (text, _) in ids.OrderByDescending(t => score(t.Value)).ThenBy(t => t.Value))
        {
            merges.AddRange(Cuts(text, ids).Order());
        }

        return merges;
    }

    /// <summary>Each way to cut a token into two tokens.</summary>
    public static IEnumerable<(int Left, int Right)> Cuts(string token, Dictionary<string, int> ids)
    {
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var cuts = new List<(int Left, int Right)>();
        for (var at = 1; at < token.Length; at++)
        {
            if (lookup.TryGetValue(token.AsSpan(0, at), out var left) && lookup.TryGetValue(token.AsSpan(at), out var right))
            {
                cuts.Add((left, right));
            }
        }

        return cuts;
    }
}
