using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Runs a grid with progress and, where there is a journal, from where an earlier run stopped.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="stopTokens">Each ends an answer.</param>
/// <param name="method">What is done to its positions.</param>
/// <param name="task">What is asked.</param>
/// <param name="options">The grid.</param>
public sealed class RetrievalJob(LanguageModel model, Tokenizer tokenizer, IReadOnlySet<int> stopTokens, PositionMethod method, IRetrievalTask task, RetrievalOptions options)
{
    private readonly RetrievalGrid _grid = new(new CachedModel(model, method, stopTokens), tokenizer, task, options);
    private readonly CostModel _cost = CostModel.Counted(model.Shape);

    /// <summary>What decides a trial, for <see cref="RetrievalJournal.Open"/>.</summary>
    /// <param name="modelPath">Folder or file of the model.</param>
    /// <param name="texts">Text files that prompts are made from.</param>
    public object Identity(string modelPath, IEnumerable<string> texts) => new
    {
        Version = 1,
        Task = task.Name,
        Prompts = task.Description,
        method.Scaling.Spec,

        // A factors file of the same name may hold other factors.
        Frequencies = new[] { options.Lengths[0], int.MaxValue / 2 }.Select(n => method.Scaling.At(n).Fingerprint),
        Plan = method.Plan.Spec,
        Scoring = options.Scoring.ToString(),
        options.Candidates,
        options.Seed,
        Stop = stopTokens.Order(),
        Inputs = InputHashes.Of(modelPath, texts).Values,
    };

    /// <summary>Tokens of the shortest window that holds each prompt of the first length.</summary>
    public int Fewest(CancellationToken stop) => _grid.Fewest(options.Lengths[0], stop);

    /// <summary>Refuses a grid with a window that one of its prompts does not fit, or that its haystack does not fill.</summary>
    /// <param name="option">The option that lengths come from.</param>
    /// <param name="stop">Ends it between prompts.</param>
    /// <exception cref="UserInputException">It names the smallest length that is enough.</exception>
    public void RequireFit(string option, CancellationToken stop)
    {
        if (Fewest(stop) is var fewest && options.Lengths[0] < fewest)
        {
            throw new UserInputException($"{option}: found {options.Lengths[0]}, expected at least {fewest}: the longest {task.Name} prompt and its answer take as many tokens without any haystack");
        }

        _ = _grid.Prompt(options.Lengths[^1], options.Depths[0], 0);
    }

    /// <summary>The work of the trials that are still to be run, in the units of <see cref="CostModel.Counted"/>.</summary>
    public double Work(IReadOnlyList<RetrievalTrial> known) => options.Lengths.Sum(n => _grid.Missing(known, n) * _cost.Seconds(n));

    /// <summary>Runs what an earlier run has not.</summary>
    /// <param name="journal">Holds the trials of earlier runs and takes the new ones; null for none.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="stop">Ends the job between tokens.</param>
    public RetrievalResult Run(RetrievalJournal? journal, IJobReporter reporter, CancellationToken stop)
    {
        var known = journal?.Known ?? [];
        var tokens = 0L;
        var clock = new JobClock(_cost, Math.Max(1, Work(known)), reporter, () => Interlocked.Read(ref tokens)) { Stage = $"{options.Lengths.Sum(n => _grid.Missing(known, n)):N0} {task.Name} trials" };
        _grid.TrialDone = length =>
        {
            Interlocked.Add(ref tokens, length);
            clock.WindowDone(length);
        };
        return _grid.Run(known, journal is null ? null : journal.Append, model.Shape, stop);
    }

    /// <summary>The same as part of a longer job, whose clock goes on.</summary>
    /// <param name="clock">Of the whole job.</param>
    /// <param name="stop">Ends the job between tokens.</param>
    public RetrievalResult Run(JobClock clock, CancellationToken stop)
    {
        _grid.TrialDone = clock.WindowDone;
        return _grid.Run([], null, model.Shape, stop);
    }
}
