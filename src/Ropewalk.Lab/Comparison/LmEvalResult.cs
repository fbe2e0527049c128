using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Comparison;

/// <summary>A comparison as lm-evaluation-harness writes its results: each method at each length is a task, so that tools which read such files show
/// them side by side. Standard errors are the bootstrap's.</summary>
public static class LmEvalResult
{
    private const string Filter = ",none";

    /// <summary>Writes the file whole.</summary>
    /// <param name="path">FILE of --lm-eval.</param>
    /// <param name="result">The comparison.</param>
    /// <param name="ended">When it ended.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static void Save(string path, CompareResult result, DateTimeOffset ended) => AtomicFile.WriteAllText(path, ResultJson.Serialize(Of(result, ended)));

    /// <summary>The task's name: letters that file names and tables can bear.</summary>
    public static string Task(string method, int length) =>
        $"perplexity_{string.Concat(method.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '_'))}_{length}";

    private static Dictionary<string, object?> Of(CompareResult result, DateTimeOffset ended)
    {
        var rows = result.Lengths.SelectMany(l => l.Rows.Select(r => (Name: Task(r.Cell.Method, l.Length), Length: l, Row: r))).ToList();

        // Two specs may differ in signs alone that a task's name cannot bear.
        rows = [.. rows.GroupBy(r => r.Name).SelectMany(g => g.Select((r, i) => i == 0 ? r : (Name: $"{r.Name}_{i + 1}", r.Length, r.Row)))];
        Dictionary<string, object?> ByTask(Func<(string Name, LengthResult Length, ComparedRow Row), object?> value) => rows.ToDictionary(r => r.Name, value, StringComparer.Ordinal);
        return new(StringComparer.Ordinal)
        {
            ["results"] = ByTask(r => Metrics(r.Length, r.Row)),
            ["group_subtasks"] = ByTask(_ => Array.Empty<string>()),
            ["configs"] = ByTask(r => new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["task"] = r.Name,
                ["dataset_path"] = "text",
                ["output_type"] = "loglikelihood_rolling",
                ["num_fewshot"] = 0,
                ["metadata"] = new { Version = 1.0, Window = r.Length.Length, r.Row.Cell.Method, r.Row.Cell.Spec, result.Protocol },
            }),
            ["versions"] = ByTask(_ => 1.0),
            ["n-shot"] = ByTask(_ => 0),
            ["higher_is_better"] = ByTask(_ => new { Perplexity = false, BytePerplexity = false, BitsPerByte = false }),
            ["n-samples"] = ByTask(r => new { Original = r.Length.Windows, Effective = r.Length.Windows }),
            ["config"] = new
            {
                Model = "ropewalk",
                ModelArgs = $"pretrained={result.Run.Model}",
                BatchSize = 1,
                Limit = (double?)null,
                BootstrapIters = Evaluation.Bootstrap.Resamples,
                GenKwargs = (string?)null,
                RandomSeed = result.Run.Seed,
                NumpySeed = (int?)null,
                TorchSeed = (int?)null,
                FewshotSeed = (int?)null,
            },
            ["git_hash"] = null,
            ["date"] = ended.ToUnixTimeMilliseconds() / 1e3,
            ["task_hashes"] = new Dictionary<string, string>(StringComparer.Ordinal),
            ["model_source"] = "ropewalk",
            ["model_name"] = result.Run.Model,
            ["model_name_sanitized"] = result.Run.Model.Replace('/', '_').Replace('\\', '_'),
            ["system_instruction"] = null,
            ["system_instruction_sha"] = null,
            ["chat_template"] = null,
            ["chat_template_sha"] = null,
            ["start_time"] = result.Started.ToUnixTimeMilliseconds() / 1e3,
            ["end_time"] = ended.ToUnixTimeMilliseconds() / 1e3,
            ["total_evaluation_time_seconds"] = $"{result.Seconds:R}",
        };
    }

    private static Dictionary<string, object?> Metrics(LengthResult length, ComparedRow row)
    {
        // e to the loss: a small change of the loss changes it by that part of itself.
        var tokensPerByte = (double)row.Perplexity.Tokens / row.Cell.BytesOfText;
        var bytePerplexity = Math.Exp(row.Perplexity.Nll * tokensPerByte);
        return new(StringComparer.Ordinal)
        {
            ["alias"] = $"{row.Cell.Method} at {Display.Length(length.Length)}",
            ["perplexity" + Filter] = row.Perplexity.Value,
            ["perplexity_stderr" + Filter] = row.Perplexity.Value * row.NllStandardError,
            ["byte_perplexity" + Filter] = bytePerplexity,
            ["byte_perplexity_stderr" + Filter] = bytePerplexity * row.NllStandardError * tokensPerByte,
            ["bits_per_byte" + Filter] = row.BitsPerByte,
            ["bits_per_byte_stderr" + Filter] = row.NllStandardError * tokensPerByte / Math.Log(2),
        };
    }
}
