namespace Ropewalk.Engine.Tokenization;

/// <summary>Scores with which llama.cpp joins what a list of merges joins, and in its order.</summary>
/// <remarks>
/// llama.cpp joins the pair whose token has the highest score, so a token gets minus its place in the order of the first
/// merge that makes it. For a list made from a SentencePiece model these are the model's own scores, or differ from them
/// without changing their order. Three things a score cannot say; the notes name the first two where they occur, and the
/// third is what SentencePiece itself does: a token that several merges of different rank make has one score; any pair
/// whose joined text is a token is joined, whether a merge says so or not (last of all, since such tokens score lowest);
/// two ways to make one token are taken from left to right.
/// </remarks>
internal static class GgufMergeScores
{
    /// <summary>A score for each token, and what they cannot express.</summary>
    public static float[] Build(GgufVocabulary vocabulary, (int Left, int Right, int Merged)[] merges, string file, List<string> notes)
    {
        var order = new Dictionary<int, int>();
        var late = new HashSet<int>();
        var last = -1;
        foreach (var (_, _, merged) in merges)
        {
            if (!order.TryAdd(merged, order.Count) && merged != last)
            {
                late.Add(merged);
            }

            last = merged;
        }

        if (late.Count > 0)
        {
            notes.Add($"{file}: model.merges: {late.Count} tokens have merges of several ranks, of which a score keeps the first; \"{Text(vocabulary, late.First())}\" is one");
        }

        // Plain tokens that no merge makes are characters, and have the lowest scores in SentencePiece's tables too.
        AddRest(vocabulary, order, t => t == GgufTokenType.Normal);
        AddRest(vocabulary, order, t => t is not (GgufTokenType.Normal or GgufTokenType.Byte));
        NoteOtherPairs(vocabulary, merges, file, notes);

        var scores = new float[vocabulary.Texts.Length];
        foreach (var (id, place) in order)
        {
            scores[id] = 0f - place;
        }

        return scores;
    }

    private static void AddRest(GgufVocabulary vocabulary, Dictionary<int, int> order, Func<GgufTokenType, bool> isMeant)
    {
        for (var id = 0; id < vocabulary.Types.Length; id++)
        {
            if (isMeant(vocabulary.Types[id]))
            {
                order.TryAdd(id, order.Count);
            }
        }
    }

    private static void NoteOtherPairs(GgufVocabulary vocabulary, (int Left, int Right, int Merged)[] merges, string file, List<string> notes)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Texts.Length; id++)
        {
            ids.Add(vocabulary.Texts[id], id);
        }

        var known = merges.Select(m => (m.Left, m.Right)).ToHashSet();
        var others = vocabulary.Texts.SelectMany(t => GgufScoreMerges.Cuts(t, ids)).Where(p => !known.Contains(p)).ToArray();
        if (others.Length > 0)
        {
            notes.Add($"{file}: model.merges: llama.cpp joins {others.Length} pairs of tokens more, since their joined text is a token; \"{Text(vocabulary, others[0].Left)}\" and \"{Text(vocabulary, others[0].Right)}\" are one");
        }
    }

    private static string Text(GgufVocabulary vocabulary, int id) => JsonField.Short(vocabulary.Texts[id]);
}
