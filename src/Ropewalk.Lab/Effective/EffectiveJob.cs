using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Effective;

/// <summary>Finds the longest window whose perplexity by position does not rise and whose retrieval stays above 85 % of the old window's.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="method">What is done to its positions.</param>
/// <param name="task">What is asked for retrieval.</param>
/// <param name="options">What is asked.</param>
/// <param name="commandLine">As the user typed it.</param>
/// <param name="reporter">Hears how it goes.</param>
/// <param name="stop">Ends the job between chunks.</param>
public sealed class EffectiveJob(
    LanguageModel model, Tokenizer tokenizer, PositionMethod method, IRetrievalTask task, EffectiveOptions options, string commandLine, IJobReporter reporter, CancellationToken stop)
{
    private const int DefaultFactor = 4;
    private const ulong StorySeed = 2_000_003;

    private readonly int _original = model.Rope.Geometry.OriginalContext;

    /// <summary>Runs the job.</summary>
    /// <exception cref="RopewalkException">The input cannot be used.</exception>
    public EffectiveResult Run()
    {
        var longest = Longest();
        var lengths = Lengths(longest);
        var retrieval = new RetrievalJob(model, tokenizer, StopTokens.None, method, task, new RetrievalOptions
        {
            Lengths = [_original, .. lengths],
            Depths = options.Depths,
            Trials = options.Trials,
            Candidates = options.Candidates,
            Scoring = RetrievalScoring.Choice,
            Seed = options.Seed,
        });
        if (retrieval.Fewest(stop) is var fewest && fewest > _original)
        {
            throw new UserInputException($"MODEL: found a window of {_original} tokens, expected at least {fewest}: the longest {task.Name} prompt and its answer take as many without any haystack");
        }

        retrieval.RequireFit("--to", stop);

        var set = Windows(longest);
        var atOriginal = set.Cut(_original, tokenizer.AddsBos, set.Windows.Length);
        using var evaluator = new Evaluator(model);
        var cost = CostModel.Counted(model.Shape);
        var step = PositionRise.Stretch(_original);
        var stretches = (longest - _original) / step;
        var runOf = Runs([.. Enumerable.Range(1, stretches).Select(i => _original + (i * step))], lengths);
        var runs = runOf.Values.Distinct().ToList();
        var work = (set.Windows.Length * (runs.Sum(n => cost.Seconds(n)) + (stretches * cost.Seconds(_original)))) + (2 * atOriginal.Windows.Length * cost.Seconds(_original)) + retrieval.Work([]);
        var clock = new JobClock(cost, work, reporter, () => evaluator.TokensEvaluated) { Stage = $"perplexity of {set.Windows.Length} windows" };
        evaluator.WindowDone = clock.WindowDone;

        var shortLoss = ShortLoss(evaluator, atOriginal);
        var rise = new PositionRise([.. set.Windows.Select(w => w.Document)], _original, runs.Sum(n => (n - _original) / step), options.Seed);
        var atEnd = Enumerable.Range(1, stretches).Select(i => AtEnd(evaluator, set, _original + (i * step), step)).ToList();
        var buckets = runs.SelectMany(n => rise.Measure(Losses(evaluator, set.Prefix(n), method), atEnd, n)).ToList();
        clock.Stage = $"{task.Name} trials";
        var grid = retrieval.Run(clock, stop);
        var steps = lengths.Select(n => RetrievalStep.Of(n, Count(grid, n), Count(grid, _original), EffectiveOptions.Retention)).ToList();
        var geometry = model.Rope.Geometry;
        return new EffectiveResult
        {
            Options = options,
            Model = new ReportModel(model.Name, model.Architecture, model.NumParameters, _original, geometry.Pairs, geometry.Base),
            Scaling = method.Scaling.Spec,
            Plan = method.Plan.Spec,
            Original = _original,
            Longest = longest,
            ShortLoss = shortLoss,
            Buckets = buckets,
            ByPerplexity = ByPerplexity(buckets, runOf),
            Grid = grid,
            Steps = steps,
            ByRetrieval = Count(grid, _original).Interval.Low > grid.Chance(RetrievalScoring.Choice) ? ByRetrieval(steps) : null,
            Protocol =
                $"perplexity: {set.Windows.Length} windows of {Display.Length(longest)} tokens{(tokenizer.AddsBos ? " with BOS in front" : "")}, stretches of {step} positions against the same tokens as the last {step} of a window of {Display.Length(_original)}, " +
                $"paired bootstrap over {rise.Unit}, Bonferroni; {(runs.Count == 1 ? "one run holds all shorter windows" : "a run for each length, because the frequencies depend on it")}; " +
                $"retrieval: {task.Name}, {grid.Description}, by choice among {options.Candidates}, {options.Depths.Length * options.Trials} trials a length",
            Seconds = clock.Elapsed,
            CommandLine = commandLine,
            Notes = [.. model.Rope.Notes, .. tokenizer.Notes],
        };
    }

    private int Longest()
    {
        var longest = options.Longest ?? (int)Math.Min(int.MaxValue / 2, (long)DefaultFactor * _original);
        ExtendJob.RequireTarget(longest, _original);
        var step = PositionRise.Stretch(_original);
        return (longest - _original) % step == 0 ? longest : throw new UserInputException(
            $"--to: found {longest}, expected the model's window of {_original} and a multiple of {step} tokens, a quarter of it, such as {longest - ((longest - _original) % step)} or {longest - ((longest - _original) % step) + step}");
    }

    /// <summary>3/2 L, then multiples of L, and the longest.</summary>
    private IReadOnlyList<int> Lengths(int longest)
    {
        var lengths = new List<int>();
        for (long n = _original + (2L * PositionRise.Stretch(_original)); n < longest; n += lengths.Count == 1 ? 2L * PositionRise.Stretch(_original) : _original)
        {
            lengths.Add((int)n);
        }

        return [.. lengths, longest];
    }

    /// <summary>For each length that is judged, the length of the run that its stretches are taken from. Windows under the same frequencies begin
    /// alike, so one run is enough for them and every stretch's end is judged; a formula that is another one at every length is judged at few.</summary>
    private SortedDictionary<int, int> Runs(IReadOnlyList<int> ends, IReadOnlyList<int> lengths)
    {
        var groups = ends.GroupBy(n => method.At(n)).ToList();
        if (groups.Count > lengths.Count)
        {
            groups = [.. lengths.GroupBy(n => method.At(n))];
        }

        return new SortedDictionary<int, int>(groups.SelectMany(g => g.Select(n => (Length: n, Run: g.Max()))).ToDictionary(p => p.Length, p => p.Run));
    }

    private WindowSet Windows(int longest)
    {
        var documents = options.Texts.IsEmpty
            ? DefaultTexts.Stories(tokenizer, options.Seed + StorySeed, options.Windows, longest)
            : DefaultTexts.Read(options.Texts, tokenizer);
        var set = WindowPlanner.Consecutive(documents, longest, tokenizer.AddsBos ? tokenizer.BosToken : null);
        set = set with { Windows = WindowPlanner.Spread(set.Windows, options.Windows) };
        return set.Windows.Length >= EffectiveOptions.FewestWindows ? set : throw new UserInputException(
            $"--text: found {set.Windows.Length} windows of {longest} tokens, expected at least {EffectiveOptions.FewestWindows}: more text, or a shorter --to");
    }

    /// <summary>At the old window, against the model without any scaling or plan.</summary>
    private (double Value, double Low, double High) ShortLoss(Evaluator evaluator, WindowSet set)
    {
        var untouched = Losses(evaluator, set, new PositionMethod(new NoScaling(model.Rope.Geometry)));
        var (difference, low, high) = new Bootstrap(set, options.Seed).Compare(Losses(evaluator, set, method), untouched);
        return (Math.Exp(difference) - 1, Math.Exp(low) - 1, Math.Exp(high) - 1);
    }

    /// <summary>The tokens up to a position of each window as the end of a window of L under the same method, a BOS in front where there is one.</summary>
    private float[][] AtEnd(Evaluator evaluator, WindowSet set, int end, int step) => evaluator.Losses(
        [.. set.Windows.Select(w =>
        {
            var run = w.Tokens[(end - _original)..end];
            if (tokenizer.AddsBos)
            {
                run[0] = w.Tokens[0];
            }

            return new ScoringTask(run, method.At(_original), _original - step, method.Layout);
        })],
        stop);

    private float[][] Losses(Evaluator evaluator, WindowSet set, PositionMethod positions) => evaluator.Losses([.. set.Windows.Select(w => w.Tokens)], positions, stop);

    private static RetrievalCount Count(RetrievalResult grid, int length) => grid.Count(RetrievalScoring.Choice, length);

    private EffectiveLimit ByPerplexity(IReadOnlyList<PositionBucket> buckets, SortedDictionary<int, int> runOf)
    {
        // A window holds when all of its stretches do.
        var allowed = Math.Log(1 + options.MaximumRise);
        int Last(Func<PositionBucket, bool> holds) => EffectiveLimit.Last(_original, runOf.Select(r => (r.Key, buckets.Where(b => b.Window == r.Value && b.End <= r.Key).All(holds))));
        var value = Last(b => b.Low <= 0);
        return new EffectiveLimit(Math.Min(value, Last(b => b.High <= allowed)), value, Last(b => b.Low <= allowed));
    }

    private EffectiveLimit ByRetrieval(IReadOnlyList<RetrievalStep> steps)
    {
        int Last(Func<RetrievalStep, bool> holds) => EffectiveLimit.Last(_original, steps.Select(s => (s.Length, holds(s))));
        return new EffectiveLimit(Last(s => s.Low >= 0), Last(s => s.Spare >= 0), Last(s => s.High >= 0));
    }
}
