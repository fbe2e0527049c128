using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Runs trials over lengths and depths. A trial is a function of the seed and its own length, depth and number: more of any of them
/// leaves the others as they are, and so does the number of threads.</summary>
/// <param name="model">Answers.</param>
/// <param name="tokenizer">The model's.</param>
/// <param name="task">Makes cases.</param>
/// <param name="options">What is asked.</param>
public sealed class RetrievalGrid(IAnsweringModel model, Tokenizer tokenizer, IRetrievalTask task, RetrievalOptions options)
{
    private const int TrialsPerThread = 2;
    private readonly PromptFitter _fitter = new(tokenizer);

    /// <summary>Called with a window's tokens after each trial, from any thread.</summary>
    public Action<int>? TrialDone { get; set; }

    /// <summary>Tokens of the shortest window that holds each prompt of a length with its answer, without any haystack.</summary>
    public int Fewest(int length, CancellationToken cancellationToken = default) => Places.Max(p =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _fitter.Fewest(Make(length, p.Depth, p.Trial));
    });

    /// <summary>Runs the trials that are not known yet.</summary>
    /// <param name="known">Of an earlier run with the same seed, task and model.</param>
    /// <param name="done">Takes each batch of new trials, in order.</param>
    /// <param name="cacheShape">Sizes of a cache, to see how many prompts fit into memory at a time.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    public RetrievalResult Run(
        IReadOnlyList<RetrievalTrial> known, Action<IReadOnlyList<RetrievalTrial>>? done, ModelShape cacheShape, CancellationToken cancellationToken = default)
    {
        var trials = new List<RetrievalTrial>();
        foreach (var length in options.Lengths)
        {
            var at = known.Where(t => t.Length == length).ToDictionary(t => (t.Depth, t.Trial));
            var missing = Places.Where(p => !at.ContainsKey(p)).ToList();
            foreach (var batch in missing.Chunk(FitOnePerThread(cacheShape, length) ? TrialsPerThread * WorkerPool.NumThreads : 1))
            {
                var results = new RetrievalTrial[batch.Length];
                WorkerPool.For(batch.Length, i =>
                {
                    results[i] = Try(length, batch[i].Depth, batch[i].Trial, cancellationToken);
                    TrialDone?.Invoke(length);
                });
                foreach (var result in results)
                {
                    at.Add((result.Depth, result.Trial), result);
                }

                done?.Invoke(results);
            }

            trials.AddRange(Places.Select(p => at[p]));
        }

        return new RetrievalResult(options, task.Name, task.Description, trials);
    }

    /// <summary>How many trials of a length are still to be run.</summary>
    public int Missing(IReadOnlyList<RetrievalTrial> known, int length)
    {
        var at = known.Where(t => t.Length == length).Select(t => (t.Depth, t.Trial)).ToHashSet();
        return Places.Count(p => !at.Contains(p));
    }

    /// <summary>The prompt of a trial.</summary>
    internal FittedPrompt Prompt(int length, double depth, int trial) => _fitter.Fit(Make(length, depth, trial), length, depth);

    private IEnumerable<(double Depth, int Trial)> Places => options.Depths.SelectMany(d => Enumerable.Range(0, options.Trials).Select(t => (d, t)));

    private RetrievalCase Make(int length, double depth, int trial) => task.Make(
        new CounterRandom(options.Seed).Fork((ulong)length).Fork((ulong)BitConverter.DoubleToInt64Bits(depth)).Fork((ulong)trial), length, options.Candidates);

    private RetrievalTrial Try(int length, double depth, int trial, CancellationToken cancellationToken)
    {
        var retrieval = Make(length, depth, trial);
        var prompt = _fitter.Fit(retrieval, length, depth);
        var answer = model.Ask(prompt, options.Scoring, cancellationToken);
        var isGreedy = options.Scoring.HasFlag(RetrievalScoring.Greedy);
        var generated = isGreedy ? tokenizer.Decode(answer.Generated, skipSpecialTokens: true) : null;
        var result = new RetrievalTrial(
            length, depth, trial, prompt.Prompt.Length, prompt.NeedleToken, retrieval.Answer, generated, isGreedy ? task.IsExact(generated!, retrieval.Answer) : null, null, null);
        if (answer.Losses.Length == 0)
        {
            return result;
        }

        var best = Array.IndexOf(answer.Losses, answer.Losses.Min());
        return result with { Chosen = retrieval.Candidates[best], Margin = answer.Losses.Skip(1).Min() - answer.Losses[0] };
    }

    private static bool FitOnePerThread(ModelShape shape, int length) =>
        2L * sizeof(float) * shape.NumLayers * shape.NumKeyValueHeads * shape.HeadWidth * length * WorkerPool.NumThreads < Math.Min(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
}
