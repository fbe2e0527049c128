using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>QMSum (2104.05938) as its authors publish it: a meeting a line, in train.jsonl, val.jsonl and test.jsonl. As in LongEmbed a query is a
/// summary that people wrote (the answer of the file), and the meeting that it was written from is to be found: the file's own questions
/// ("Summarize the whole meeting") would fit any. A summary that is there twice counts once.</summary>
public static class QMSumFolder
{
    private const long MaximumBytes = 1L << 31;

    /// <summary>The files, those that are there are read.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["train.jsonl", "val.jsonl", "test.jsonl"];

    /// <summary>The files of a folder.</summary>
    public static IReadOnlyList<string> Files(string folder) => [.. FileNames.Select(n => Path.Combine(folder, n)).Where(File.Exists)];

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">With at least one of the files.</param>
    /// <exception cref="CheckpointFormatException">A line is damaged or a text is empty.</exception>
    public static TaskPart Read(string folder)
    {
        var documents = new List<LongText>();
        var queries = new List<LongText>();
        var relevant = new List<List<int>>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var path in Files(folder))
        {
            foreach (var (line, meeting) in JsonLines.Read(path, RegularFile.ReadAll(path, "meetings of QMSum", MaximumBytes)))
            {
                documents.Add(new LongText($"{Path.GetFileNameWithoutExtension(path)}-{line}", Transcript(meeting, path, line), $"{path} line {line}"));
                foreach (var (text, name) in Summaries(meeting, path, line))
                {
                    if (!seen.TryGetValue(text, out var place))
                    {
                        seen.Add(text, place = queries.Count);
                        queries.Add(new LongText($"q-{place}", text, name));
                        relevant.Add([]);
                    }

                    if (!relevant[place].Contains(documents.Count - 1))
                    {
                        relevant[place].Add(documents.Count - 1);
                    }
                }
            }
        }

        return queries.Count > 0
            ? new TaskPart { Documents = documents, Queries = queries, Relevant = relevant }
            : throw new CheckpointFormatException(folder, string.Join(", ", FileNames), "no summaries", "meetings with queries and answers");
    }

    private static string Transcript(JsonElement meeting, string path, int line)
    {
        var turns = List(meeting, "meeting_transcripts", path, $"line {line}").Select((turn, i) =>
        {
            var fields = Fields(turn, path, $"line {line}.meeting_transcripts[{i}]");
            return $"{fields.RequiredString("speaker")}: {fields.RequiredString("content")}";
        });
        var text = string.Join('\n', turns).Trim();
        return text.Length > 0 ? text : throw new CheckpointFormatException(path, $"line {line}.meeting_transcripts", "an empty text", "a text");
    }

    private static IEnumerable<(string Text, string Name)> Summaries(JsonElement meeting, string path, int line)
    {
        foreach (var key in (string[])["general_query_list", "specific_query_list"])
        {
            foreach (var (query, i) in List(meeting, key, path, $"line {line}").Select((q, i) => (q, i)))
            {
                var field = $"line {line}.{key}[{i}]";
                var text = Fields(query, path, field).RequiredString("answer").Trim();
                yield return text.Length > 0 ? (text, $"{path} {field}") : throw new CheckpointFormatException(path, $"{field}.answer", "an empty text", "a text");
            }
        }
    }

    private static ConfigFields Fields(JsonElement element, string path, string field) =>
        element.ValueKind == JsonValueKind.Object ? new ConfigFields(element, path, $"{field}.") : throw new CheckpointFormatException(path, field, $"{element.ValueKind}", "an object");

    private static IEnumerable<JsonElement> List(JsonElement element, string key, string path, string field) =>
        element.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw new CheckpointFormatException(path, $"{field}.{key}", element.TryGetProperty(key, out var other) ? $"{other.ValueKind}" : "nothing", "a list");
}
