using System.Collections.Immutable;
using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs;

/// <summary>Passkey retrieval before and after an extension, on the same prompts.</summary>
/// <param name="Before">Under the model's own encoding.</param>
/// <param name="After">Under the extended one.</param>
public sealed record PasskeyTrials(RetrievalResult Before, RetrievalResult After)
{
    private static readonly ImmutableArray<double> s_depths = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Seconds that it takes: prompts are read once, answers are short.</summary>
    /// <param name="trials">Of each depth and length.</param>
    /// <param name="lengths">Tokens.</param>
    /// <param name="cost">Of a window.</param>
    public static double Seconds(int trials, IEnumerable<int> lengths, CostModel cost) => 2 * s_depths.Length * trials * lengths.Sum(n => cost.Seconds(n));

    /// <summary>Runs both.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="extended">The extended encoding.</param>
    /// <param name="options">Trials and seed.</param>
    /// <param name="lengths">Windows; those that no prompt fits are left out.</param>
    /// <param name="clock">Of the whole job.</param>
    /// <param name="stop">Ends it between tokens.</param>
    /// <returns>Null where no prompt fits any length.</returns>
    public static PasskeyTrials? Run(
        LanguageModel model, Tokenizer tokenizer, RopeScaling extended, ExtendOptions options, IEnumerable<int> lengths, JobClock clock, CancellationToken stop)
    {
        var grid = new RetrievalOptions { Lengths = [.. lengths], Depths = s_depths, Trials = options.PasskeyTrials, Scoring = RetrievalScoring.Greedy, Seed = options.Seed };
        var stopTokens = StopTokens.Of(options.Model, tokenizer, model.Shape.VocabularySize);
        RetrievalJob Job(RopeScaling scaling) => new(model, tokenizer, stopTokens, new PositionMethod(scaling), new PasskeyTask(PasskeyTemplate.Longrope, new Haystacks(null)), grid);
        var fewest = Job(extended).Fewest(stop);
        grid = grid with { Lengths = [.. grid.Lengths.Where(n => n >= fewest)] };
        return grid.Lengths.IsEmpty ? null : new PasskeyTrials(Job(model.Rope.Scaling).Run(clock, stop), Job(extended).Run(clock, stop));
    }

    /// <summary>What result.json holds.</summary>
    public object Record() => Before.Options.Lengths.Select(n => new { Length = n, Before = Counted(Before, n), After = Counted(After, n) });

    private static object Counted(RetrievalResult result, int length)
    {
        var count = result.Count(RetrievalScoring.Greedy, length);
        return new { count.Correct, count.Trials, Ci95 = new[] { count.Interval.Low, count.Interval.High } };
    }
}
