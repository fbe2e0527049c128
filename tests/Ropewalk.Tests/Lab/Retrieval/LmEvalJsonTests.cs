using System.Text.Json;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Tests.Lab.Retrieval;

public sealed class LmEvalJsonTests
{
    [Fact]
    public void The_file_has_the_harnesss_keys_and_its_spelling_of_a_metric()
    {
        var text = LmEvalJson.Text(
            [new LmEvalRow("a", [("acc", 0.75, 0.1, true), ("word_perplexity", double.NaN, null, false)], 20)], "my-model", "scaling=yarn:4", 7, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), 12.5);
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        string[] keys =
        [
            "results", "groups", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "git_hash", "date", "task_hashes", "model_name",
            "system_instruction_sha", "chat_template_sha", "start_time", "end_time", "total_evaluation_time_seconds",
        ];
        Assert.All(keys, k => Assert.True(root.TryGetProperty(k, out _), k));
        var result = root.GetProperty("results").GetProperty("a");
        Assert.Equal("a", result.GetProperty("alias").GetString());
        Assert.Equal(0.75, result.GetProperty("acc,none").GetDouble());
        Assert.Equal(0.1, result.GetProperty("acc_stderr,none").GetDouble());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("word_perplexity,none").ValueKind);
        Assert.Equal("N/A", result.GetProperty("word_perplexity_stderr,none").GetString());
        Assert.False(root.GetProperty("higher_is_better").GetProperty("a").GetProperty("word_perplexity").GetBoolean());
        Assert.Equal(20, root.GetProperty("n-samples").GetProperty("a").GetProperty("effective").GetInt64());
        Assert.Equal("pretrained=my-model,scaling=yarn:4", root.GetProperty("config").GetProperty("model_args").GetString());
        Assert.Equal(7, root.GetProperty("config").GetProperty("random_seed").GetInt32());
        Assert.Equal(12.5, root.GetProperty("end_time").GetDouble() - root.GetProperty("start_time").GetDouble());
    }
}
