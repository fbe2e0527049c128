using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Durability;

public sealed class JournalProgressTests
{
    private static readonly SearchPoint s_point = new([1, 2], 0, 1);

    [Fact]
    public void A_gradient_is_no_window()
    {
        // Four numbers, as many as there are windows: a loss, two slopes and the attention factor's.
        var progress = Started(4);
        progress.Add(new EvaluationEntry("long", new EvaluationRequest(s_point, 0, 1) { WantsGradient = true }, [3, -40, 0.5, 1]));
        Assert.Equal(0, progress.Candidates);
        Assert.Empty(progress.Best);
        Assert.Equal(1, progress.Evaluations);
    }

    [Fact]
    public void A_gradient_judges_nothing()
    {
        var progress = Started(1);
        progress.Add(new EvaluationEntry("long", new EvaluationRequest(s_point, 0, 1) { WantsGradient = true }, [3, -40, 0.5, 1]));
        Assert.Empty(progress.Best);
        progress.Add(new EvaluationEntry("long", new EvaluationRequest(s_point, 0, 1), [4]));
        Assert.Equal(1, progress.Candidates);
        Assert.Equal(Math.Exp(4), Assert.Single(progress.Best).Perplexity, 1e-9);
    }

    private static JournalProgress Started(int windows)
    {
        var progress = new JournalProgress();
        progress.Add(new SearchEntry("long", "gradient", 0, windows));
        return progress;
    }
}
