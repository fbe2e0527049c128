namespace Ropewalk.Lab.LongEmbed;

/// <summary>Sentences that a line is hidden among.</summary>
/// <param name="sentences">In their order; at least one.</param>
/// <param name="repeats">Whether they begin anew after the last.</param>
internal sealed class Filler(IReadOnlyList<string> sentences, bool repeats)
{
    /// <summary>How many sentences can be had.</summary>
    public int Available => repeats ? int.MaxValue / 2 : sentences.Count;

    /// <summary>Cuts prose at the ends of its sentences.</summary>
    public static Filler OfProse(string prose)
    {
        var words = prose.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var found = new List<string>();
        var first = 0;
        for (var i = 0; i < words.Length; i++)
        {
            if (i == words.Length - 1 || words[i].TrimEnd('"', '\'', ')') is [.., '.' or '!' or '?'])
            {
                found.Add(string.Join(' ', words[first..(i + 1)]));
                first = i + 1;
            }
        }

        return new Filler(found, repeats: false);
    }

    /// <summary>A text with a line in it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="count">Sentences around it.</param>
    /// <param name="depth">Where it stands among them: 0 before all, 1 after all.</param>
    public string Hide(string line, int count, double depth)
    {
        var before = (int)Math.Round(count * depth);
        return string.Join(' ', [.. Enumerable.Range(0, before).Select(Sentence), line, .. Enumerable.Range(before, count - before).Select(Sentence)]);
    }

    private string Sentence(int index) => sentences[index % sentences.Count];
}
