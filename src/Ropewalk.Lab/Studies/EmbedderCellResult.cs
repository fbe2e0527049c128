using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Studies;

/// <summary>What a study needs of one run of LongEmbed, from its result.json.</summary>
/// <param name="Tokens">Through the model.</param>
/// <param name="Methods">Names and specs.</param>
/// <param name="Scores">By task, in the tasks' order, and method.</param>
internal sealed record EmbedderCellResult(long Tokens, IReadOnlyList<(string Name, string Spec)> Methods, IReadOnlyList<(string Task, IReadOnlyDictionary<string, EmbedderCellScore> ByMethod)> Scores)
{
    private const long MaximumBytes = 1L << 30;

    /// <summary>Reads a finished run.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged.</exception>
    public static EmbedderCellResult Read(EmbedderStudyCell cell)
    {
        var path = Path.Combine(cell.Records, RunFolder.ResultName);
        var json = JsonFile.Read(path, MaximumBytes);
        try
        {
            return new EmbedderCellResult(
                json.GetProperty("tokens_evaluated").GetInt64(),
                [.. json.GetProperty("methods").EnumerateArray().Select(m => (Text(m, "name"), Text(m, "spec")))],
                [.. json.GetProperty("tasks").EnumerateArray().Select(t => (Text(t, "name"), (IReadOnlyDictionary<string, EmbedderCellScore>)t.GetProperty("methods").EnumerateArray().ToDictionary(m => Text(m, "method"), Score, StringComparer.Ordinal)))]);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CheckpointFormatException(path, "content", "something else", "what bench longembed writes there");
        }
    }

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString()!;

    private static EmbedderCellScore Score(JsonElement json)
    {
        var ranks = json.GetProperty("ranks").EnumerateArray().Select(r => r.GetInt32()).ToList();
        var found = new Dictionary<int, bool[]>();
        if (json.GetProperty("lengths") is { ValueKind: JsonValueKind.Array } lengths)
        {
            var first = 0;
            foreach (var length in lengths.EnumerateArray())
            {
                var queries = length.GetProperty("queries").GetInt32();
                found.Add(length.GetProperty("length").GetInt32(), [.. ranks.GetRange(first, queries).Select(r => r == 1)]);
                first += queries;
            }
        }

        var interval = json.GetProperty("ci95");
        return new EmbedderCellScore(json.GetProperty("score").GetDouble(), interval[0].GetDouble(), interval[1].GetDouble(), Enum.Parse<Standing>(Text(json, "standing"), ignoreCase: true), found);
    }
}

/// <summary>What one method made of one task in one run.</summary>
/// <param name="Score">Over all lengths.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Standing">Beside the other methods of the run.</param>
/// <param name="Found">By length, for each query whether its document came first; empty for a task without lengths.</param>
internal sealed record EmbedderCellScore(double Score, double Low, double High, Standing Standing, IReadOnlyDictionary<int, bool[]> Found);
