using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>Pairs of a .jsonl file, an object a line: a query (query or anchor) and its document (document, positive or pos).</summary>
public static class PairFile
{
    private const long MaximumBytes = 1L << 31;
    private static readonly string[] s_queries = ["query", "anchor"];
    private static readonly string[] s_documents = ["document", "positive", "pos"];

    /// <summary>Reads all pairs, in the file's order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="embedder">Makes ids.</param>
    /// <param name="queryPrefix">Put before each query.</param>
    /// <param name="documentPrefix">Put before each document.</param>
    /// <param name="length">Tokens after which a text is cut.</param>
    /// <exception cref="CheckpointFormatException">A line is damaged, or lacks a text.</exception>
    /// <exception cref="UserInputException">There are fewer than two pairs, or no document is longer than the embedder's window.</exception>
    public static IReadOnlyList<TokenPair> Read(string path, TextEmbedder embedder, string queryPrefix, string documentPrefix, int length)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        var bytes = RegularFile.ReadAll(path, "pairs, a .jsonl file of objects with query and document", MaximumBytes);
        var pairs = new List<TokenPair>();
        foreach (var (line, element) in JsonLines.Read(path, bytes))
        {
            var fields = new ConfigFields(element, path, $"line {line}.");
            var query = ClippedText.Tokens(embedder, queryPrefix, Text(fields, path, line, s_queries), length, out var isQueryCut);
            var document = ClippedText.Tokens(embedder, documentPrefix, Text(fields, path, line, s_documents), length, out var isDocumentCut);
            pairs.Add(new TokenPair(query, document) { NumCut = (isQueryCut ? 1 : 0) + (isDocumentCut ? 1 : 0) });
        }

        if (pairs.Count < 2)
        {
            throw new UserInputException($"--pairs: found {pairs.Count} pairs in {path}, expected at least 2: a document is told from others");
        }

        var window = embedder.Model.Rope!.Geometry.OriginalContext;
        return pairs.Exists(p => p.Document.Length > window)
            ? pairs
            : throw new UserInputException($"--pairs: found documents of at most {pairs.Max(p => p.Document.Length)} tokens in {path}, expected some that are longer than the window of {window}");
    }

    private static string Text(ConfigFields fields, string path, int line, string[] keys)
    {
        var key = Array.Find(keys, fields.Has) ?? throw new CheckpointFormatException(path, $"line {line}.{keys[0]}", "nothing", $"a text under {string.Join(", ", keys)}");
        var text = fields.RequiredString(key);
        return string.IsNullOrWhiteSpace(text) ? throw new CheckpointFormatException(path, $"line {line}.{key}", "an empty text", "a text") : text;
    }
}
