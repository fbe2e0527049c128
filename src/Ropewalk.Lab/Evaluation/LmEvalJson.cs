using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Evaluation;

/// <summary>Results in the shape of lm-evaluation-harness's results_*.json, so that tools which read those read ours. Keys that only that program
/// could fill (hashes of its templates, its git commit) are null.</summary>
public static class LmEvalJson
{
    private const string Filter = "none";
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The file's text.</summary>
    /// <param name="rows">Tasks, each name once.</param>
    /// <param name="model">Folder or file of the model.</param>
    /// <param name="modelArguments">What was done to it, e.g. "scaling=yarn:4".</param>
    /// <param name="seed">Of every random choice.</param>
    /// <param name="start">When the run began.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="bootstrapResamples">That the standard errors come from; 0 where they have a formula.</param>
    public static string Text(IReadOnlyList<LmEvalRow> rows, string model, string modelArguments, ulong seed, DateTimeOffset start, double seconds, int bootstrapResamples = 0)
    {
        JsonObject ByTask(Func<LmEvalRow, JsonNode?> value) => [.. rows.Select(r => KeyValuePair.Create(r.Task, value(r)))];
        var begin = start.ToUnixTimeMilliseconds() / 1000d;
        var file = new JsonObject
        {
            ["results"] = ByTask(Metrics),
            ["groups"] = new JsonObject(),
            ["group_subtasks"] = ByTask(_ => new JsonArray()),
            ["configs"] = ByTask(r => new JsonObject { ["task"] = r.Task, ["num_fewshot"] = 0, ["metadata"] = new JsonObject { ["version"] = 1, ["protocol"] = r.Protocol } }),
            ["versions"] = ByTask(_ => 1),
            ["n-shot"] = ByTask(_ => 0),
            ["higher_is_better"] = ByTask(r => new JsonObject(r.Metrics.Select(m => KeyValuePair.Create(m.Metric, (JsonNode?)m.HigherIsBetter)))),
            ["n-samples"] = ByTask(r => new JsonObject { ["original"] = r.Samples, ["effective"] = r.Samples }),
            ["config"] = new JsonObject
            {
                ["model"] = "ropewalk",
                ["model_args"] = $"pretrained={model}{(modelArguments.Length == 0 ? "" : "," + modelArguments)}",
                ["batch_size"] = 1,
                ["limit"] = null,
                ["bootstrap_iters"] = bootstrapResamples,
                ["gen_kwargs"] = null,
                ["random_seed"] = seed,
                ["numpy_seed"] = null,
                ["torch_seed"] = null,
                ["fewshot_seed"] = null,
            },
            ["git_hash"] = null,
            ["date"] = begin,
            ["task_hashes"] = new JsonObject(),
            ["model_source"] = "ropewalk",
            ["model_name"] = model,
            ["model_name_sanitized"] = model.Replace('/', '_').Replace('\\', '_'),
            ["system_instruction"] = null,
            ["system_instruction_sha"] = null,
            ["chat_template"] = null,
            ["chat_template_sha"] = null,
            ["start_time"] = begin,
            ["end_time"] = begin + seconds,
            ["total_evaluation_time_seconds"] = FormattableString.Invariant($"{seconds:0.###}"),
        };
        return file.ToJsonString(s_indented) + "\n";
    }

    /// <summary>Writes the file whole.</summary>
    public static void Save(string path, string text) => AtomicFile.WriteAllText(path, text);

    private static JsonObject Metrics(LmEvalRow row)
    {
        var result = new JsonObject { ["alias"] = row.Alias };
        foreach (var (metric, value, error, _) in row.Metrics)
        {
            // JSON has no NaN; the harness writes "N/A" for an error that there is not.
            result[$"{metric},{Filter}"] = double.IsFinite(value) ? value : null;
            result[$"{metric}_stderr,{Filter}"] = error is { } e && double.IsFinite(e) ? e : "N/A";
        }

        return result;
    }
}
