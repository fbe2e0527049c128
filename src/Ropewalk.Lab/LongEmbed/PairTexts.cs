using Ropewalk.Lab.Data;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>Pairs: a document is a passage of a text, its query what follows it there directly, so that they share what the text is about and no token. Of each
/// text there are several documents, since otherwise the text alone would tell them apart.</summary>
/// <param name="texts">Path and words of each.</param>
/// <param name="countDocument">Tokens of a document as the model will read it, prompt and special tokens included.</param>
/// <param name="countQuery">The same of a query.</param>
/// <param name="queryTokens">Tokens of a query at most; it is as near as whole words come.</param>
internal sealed class PairTexts(IReadOnlyList<(string Path, WordText Text)> texts, Func<string, int> countDocument, Func<string, int> countQuery, int queryTokens)
{
    /// <summary>Name of the task.</summary>
    public const string Name = "pairs";

    private const int FewestOfOneText = 2;

    /// <summary>Reads texts.</summary>
    /// <exception cref="UserInputException">One is empty or no UTF-8, or given twice.</exception>
    public static IReadOnlyList<(string Path, WordText Text)> Read(IReadOnlyCollection<string> paths) =>
        JobPaths.Full([.. paths]).GroupBy(p => p, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any()) is { } twice
            ? throw new UserInputException($"--pairs: found {twice.Key} twice, expected each text once: passages would be in two documents")
            : [.. paths.Select(p => (p, new WordText(TextFile.Read(p, "--pairs"))))];

    /// <summary>Makes a part.</summary>
    /// <param name="length">Tokens of a document at most; it is as near as whole words come.</param>
    /// <param name="documents">How many, spread over the texts; they never overlap, nor do their queries.</param>
    /// <param name="queries">How many documents are asked for.</param>
    /// <param name="random">Where documents lie, and which are asked for.</param>
    /// <exception cref="UserInputException">A text is too short.</exception>
    public TaskPart Make(int length, int documents, int queries, CounterRandom random)
    {
        var used = Math.Clamp(documents / FewestOfOneText, 1, texts.Count);
        List<(string Document, string Query)> pairs = [.. Enumerable.Range(0, used).SelectMany(t => Pairs(texts[t], length, (documents / used) + (t < documents % used ? 1 : 0), random))];
        var asked = SyntheticTask.Shuffled(random, documents)[..queries];
        return new TaskPart
        {
            Length = length,
            Documents = [.. pairs.Select((p, i) => new LongText($"{Name}-{length}-{i:D3}", p.Document, $"{Name} {length}, document {i}"))],
            Queries = [.. asked.Select(d => new LongText($"{Name}-{length}-q{d:D3}", pairs[d].Query, $"{Name} {length}, query {d}"))],
            Relevant = [.. asked.Select(d => (IReadOnlyList<int>)[d])],
        };
    }

    /// <summary>A text in equal parts, with a document and its query somewhere in each.</summary>
    private List<(string Document, string Query)> Pairs((string Path, WordText Text) source, int length, int count, CounterRandom random)
    {
        var (path, text) = source;
        var pairs = new List<(string Document, string Query)>(count);
        for (var i = 0; i < count; i++)
        {
            var (first, end) = ((int)((long)text.NumWords * i / count), (int)((long)text.NumWords * (i + 1) / count));
            var (document, query) = Cut(first);
            if (first + document + query >= end)
            {
                throw new UserInputException(
                    $"--pairs: {path}: found {countDocument(text.Slice(0, text.NumWords)):N0} tokens, expected room for {count} documents of {length} tokens, each with the {queryTokens} that follow it, in equal parts of the text: longer texts, fewer --documents or shorter --lengths");
            }

            if (document == 0 || query == 0)
            {
                throw new UserInputException($"--lengths: found {length}, and queries of {queryTokens} tokens, expected more: a word of {path} takes more");
            }

            // Elsewhere as many tokens may have more words; then nearer to the part's beginning, where they fit.
            var offset = random.NextInt(end - first - document - query);
            for (; offset > 0; offset /= 2)
            {
                (document, query) = Cut(first + offset);
                if (first + offset + document + query < end && document > 0 && query > 0)
                {
                    break;
                }
            }

            if (offset == 0)
            {
                (document, query) = Cut(first);
            }

            pairs.Add((text.Slice(first + offset, document), text.Slice(first + offset + document, query)));

            (int Document, int Query) Cut(int start)
            {
                var words = text.Fit(start, end, length, countDocument);
                return (words, text.Fit(start + words, end, queryTokens, countQuery));
            }
        }

        return pairs;
    }
}
