using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Tests.Lab.LongEmbed;

/// <summary>Scores, intervals and standings from ranks.</summary>
public sealed class TaskResultTests
{
    [Fact]
    public void Shares_have_Wilsons_interval_and_lengths_count_alike()
    {
        var task = Task(1, 256, 512);
        var half = Enumerable.Range(0, 50).Select(i => new[] { i % 2 == 0 ? 1 : 3 }).ToList();
        var all = Enumerable.Range(0, 50).Select(_ => new[] { 1 }).ToList();
        var result = TaskResult.Of(task, [("a", Parts(task, half, half)), ("b", Parts(task, all, half)), ("c", Parts(task, half, all))], 0);
        Assert.Equal([0.5, 0.75, 0.75], result.Scores.Select(s => s.Score));
        var interval = WilsonInterval.Of(75, 100);
        Assert.Equal((interval.Low, interval.High), (result.Scores[1].Low, result.Scores[1].High));
        Assert.Equal([Standing.Worse, Standing.Best, Standing.Tied], result.Scores.Select(s => s.Standing));
        Assert.Equal((25, 50), (result.Scores[0].Count(256, null).Correct, result.Scores[0].Count(256, null).Trials));
        Assert.Equal((10, 10), (result.Scores[1].Count(256, 4).Correct, result.Scores[1].Count(256, 4).Trials));
        Assert.Equal("Wilson", result.Interval);
    }

    /// <summary>Fifty queries of one score in ten documents each: the interval is that of ten values, not of fifty; its width by the normal
    /// approximation is 2 x 1.96 x 0.5 / sqrt 10.</summary>
    [Fact]
    public void Queries_about_one_document_count_as_one()
    {
        var part = new TaskPart
        {
            Documents = [.. Enumerable.Range(0, 10).Select(i => new LongText($"{i}", "x", ""))],
            Queries = [.. Enumerable.Range(0, 50).Select(i => new LongText($"{i}", "x", ""))],
            Relevant = [.. Enumerable.Range(0, 50).Select(i => (IReadOnlyList<int>)[i / 5])],
        };
        var task = new LongTask("qmsum", "QMSum", "X", "", 10, [part]);
        var ranks = Enumerable.Range(0, 50).Select(i => new[] { i / 5 % 2 == 0 ? 1 : 11 }).ToList();
        var score = TaskResult.Of(task, [("none", [new PartScore(null, ranks, null, 10, 4, 0, 0)])], 0).Scores[0];
        Assert.Equal((0.5, 4), (score.Score, score.DocumentsCut));
        Assert.InRange(score.High - score.Low, 0.5, 0.7);
    }

    /// <summary>The keys of MTEB's retrieval files (ecosystem.md 4.4), with values for a query at rank 2 and one at rank 1.</summary>
    [Fact]
    public void Mteb_has_its_keys()
    {
        var part = new TaskPart { Documents = [new("a", "x", ""), new("b", "x", "")], Queries = [new("q", "x", ""), new("r", "x", "")], Relevant = [[0], [1]] };
        var task = new LongTask("qmsum", "QMSum", "LEMBQMSumRetrieval", "", 10, [part]);
        var score = TaskResult.Of(task, [("none", [new PartScore(null, [[2], [1]], null, 2, 0, 0, 0)])], 0).Scores[0];
        var file = System.Text.Json.JsonElement.Parse(Ropewalk.Lab.Runs.ResultJson.Serialize(MtebFiles.Of(task, score, "abc", 1.5, DateTimeOffset.UnixEpoch)));
        Assert.Equal(["dataset_revision", "task_name", "mteb_version", "scores", "evaluation_time", "kg_co2_emissions", "date"], file.EnumerateObject().Select(p => p.Name));
        Assert.Equal("LEMBQMSumRetrieval", file.GetProperty("task_name").GetString());
        var scores = Assert.Single(file.GetProperty("scores").GetProperty("test").EnumerateArray());
        Assert.Equal(((1 / Math.Log2(3)) + 1) / 2, scores.GetProperty("main_score").GetDouble(), 12);
        Assert.Equal(scores.GetProperty("ndcg_at_10").GetDouble(), scores.GetProperty("main_score").GetDouble());
        Assert.Equal(("default", "eng-Latn"), (scores.GetProperty("hf_subset").GetString(), scores.GetProperty("languages")[0].GetString()));
        foreach (var (key, value) in ((string, double)[])[("ndcg_at_1", 0.5), ("map_at_1000", 0.75), ("mrr_at_3", 0.75), ("recall_at_1", 0.5), ("precision_at_5", 0.2), ("hit_rate_at_20", 1)])
        {
            Assert.Equal(value, scores.GetProperty(key).GetDouble(), 12);
        }
    }

    private static LongTask Task(int cutoff, params int[] lengths) => new("passkey", "Passkey", "X", "", cutoff, [.. lengths.Select(n => new TaskPart
    {
        Length = n,
        Documents = [.. Enumerable.Range(0, 100).Select(i => new LongText($"{i}", "x", ""))],
        Queries = [.. Enumerable.Range(0, 50).Select(i => new LongText($"{i}", "x", ""))],
        Relevant = [.. Enumerable.Range(0, 50).Select(i => (IReadOnlyList<int>)[i * 2])],
        Depths = [.. Enumerable.Range(0, 50).Select(i => (i + 0.5) / 50)],
    })]);

    private static List<PartScore> Parts(LongTask task, params List<int[]>[] ranks) =>
        [.. task.Parts.Zip(ranks, (p, r) => new PartScore(p.Length, r, p.Depths, p.Documents.Count, 0, 0, 0))];
}
