using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>A task in the layout of LongEmbed's data set: corpus.jsonl (doc_id, text), queries.jsonl (qid, text) and qrels.jsonl (qid, doc_id).</summary>
public static class LongEmbedFolder
{
    private const long MaximumBytes = 1L << 31;

    /// <summary>The files of a task.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["corpus.jsonl", "queries.jsonl", "qrels.jsonl"];

    /// <summary>Reads a task.</summary>
    /// <param name="folder">With the three files.</param>
    /// <exception cref="CheckpointFormatException">A file is missing or damaged; an id is there twice; a text is empty; a line of qrels names what is not there;
    /// a query has no document.</exception>
    public static TaskPart Read(string folder)
    {
        var (corpus, asked, judged) = (Path.Combine(folder, FileNames[0]), Path.Combine(folder, FileNames[1]), Path.Combine(folder, FileNames[2]));
        var documents = Texts(corpus, "doc_id");
        var queries = Texts(asked, "qid");
        var documentAt = Places(documents);
        var queryAt = Places(queries);
        var relevant = queries.Select(_ => new List<int>()).ToArray();
        foreach (var (line, element) in Lines(judged))
        {
            var query = Find(queryAt, Id(element, judged, line, "qid"), judged, $"line {line}.qid", $"a query of {FileNames[1]}");
            var document = Find(documentAt, Id(element, judged, line, "doc_id"), judged, $"line {line}.doc_id", $"a document of {FileNames[0]}");
            if (relevant[query].Contains(document))
            {
                throw new CheckpointFormatException(judged, $"line {line}", $"{Quoted(queries[query].Id)} and {Quoted(documents[document].Id)} a second time", "each pair once");
            }

            relevant[query].Add(document);
        }

        return Array.FindIndex(relevant, r => r.Count == 0) is >= 0 and var alone
            ? throw new CheckpointFormatException(judged, "qid", $"no line for {Quoted(queries[alone].Id)}", "at least one document for each query")
            : new TaskPart { Documents = documents, Queries = queries, Relevant = relevant };
    }

    private static List<LongText> Texts(string path, string key)
    {
        var texts = new List<LongText>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, element) in Lines(path))
        {
            var fields = new ConfigFields(element, path, $"line {line}.");
            var id = Id(element, path, line, key);
            var title = fields.OptionalString("title") ?? "";
            var text = $"{title} {fields.RequiredString("text")}".Trim();
            if (text.Length == 0)
            {
                throw new CheckpointFormatException(path, $"line {line}.text", "an empty text", "a text");
            }

            if (!ids.TryAdd(id, line))
            {
                throw new CheckpointFormatException(path, $"line {line}.{key}", $"{Quoted(id)}, which line {ids[id]} has too", "an id of its own for each text");
            }

            texts.Add(new LongText(id, text, $"{path} line {line}"));
        }

        return texts.Count > 0 ? texts : throw new CheckpointFormatException(path, "content", "no lines", "at least one text");
    }

    private static IEnumerable<(int Line, JsonElement Object)> Lines(string path) =>
        JsonLines.Read(path, RegularFile.ReadAll(path, $"a task of LongEmbed ({string.Join(", ", FileNames)})", MaximumBytes));

    private static string Id(JsonElement element, string path, int line, string key) =>
        element.TryGetProperty(key, out var id) && id.ValueKind == JsonValueKind.Number ? id.GetRawText() : new ConfigFields(element, path, $"line {line}.").RequiredString(key);

    private static Dictionary<string, int> Places(List<LongText> texts) => texts.Select((t, i) => (t.Id, i)).ToDictionary(t => t.Id, t => t.i, StringComparer.Ordinal);

    private static int Find(Dictionary<string, int> places, string id, string path, string field, string expected) =>
        places.TryGetValue(id, out var place) ? place : throw new CheckpointFormatException(path, field, Quoted(id), expected);

    private static string Quoted(string id) => $"\"{Printable.OneLine(id, 80)}\"";
}
