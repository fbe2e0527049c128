using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Evaluation;

/// <summary>Scores windows of tokens with one model under any frequencies. Many small windows run one a thread; windows that would
/// not all fit into memory run one after the other with every thread. The losses are the same either way.</summary>
public sealed class Evaluator(LanguageModel model) : IDisposable
{
    // By the array itself: looking at its tokens would cost a part of what is saved.
    private readonly Dictionary<int[], PreparedTokens> _kept = new(ReferenceEqualityComparer.Instance);
    private long _tokensEvaluated;

    /// <summary>The model.</summary>
    public LanguageModel Model => model;

    /// <summary>Tokens that went through the model so far.</summary>
    public long TokensEvaluated => Interlocked.Read(ref _tokensEvaluated);

    /// <summary>Called with the number of tokens after each window, from any thread.</summary>
    public Action<int>? WindowDone { get; set; }

    /// <summary>Computes for each window what no frequencies change, and keeps it: every later loss of that array of tokens is cheaper, and the
    /// same. Windows that no longer fit the budget are left as they are.</summary>
    /// <param name="windows">Token ids; the arrays must not change afterwards.</param>
    /// <param name="maxBytes">Budget for all that this evaluator keeps.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public void Keep(IEnumerable<int[]> windows, long maxBytes, CancellationToken cancellationToken = default)
    {
        var bytes = _kept.Values.Sum(p => PreparedTokens.SizeBytes(model.Shape, p.Length));
        foreach (var window in windows.Where(w => w.Length > 1 && !_kept.ContainsKey(w)))
        {
            bytes += PreparedTokens.SizeBytes(model.Shape, window.Length - 1);
            if (bytes > maxBytes)
            {
                return;
            }

            _kept.Add(window, model.Prepare(window.AsSpan(0, window.Length - 1), cancellationToken));
        }
    }

    /// <summary>Counts windows that went through the model elsewhere.</summary>
    /// <param name="windows">How many.</param>
    /// <param name="tokens">Tokens of each.</param>
    public void Count(int windows, long tokens)
    {
        Interlocked.Add(ref _tokensEvaluated, windows * tokens);
        for (var i = 0; i < windows; i++)
        {
            WindowDone?.Invoke((int)tokens);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var prepared in _kept.Values)
        {
            prepared.Dispose();
        }
    }

    /// <summary>Losses of each token after a window's first.</summary>
    /// <param name="windows">Token ids.</param>
    /// <param name="frequencies">In force for all of them.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    /// <returns>Per window, tokens - 1 losses in nats.</returns>
    public float[][] Losses(IReadOnlyList<int[]> windows, RopeFrequencies frequencies, CancellationToken cancellationToken = default) =>
        Losses([.. windows.Select(w => new ScoringTask(w, frequencies, 1))], cancellationToken);

    /// <summary>Losses of each token after a window's first under a method, each window with the frequencies for its own length.</summary>
    public float[][] Losses(IReadOnlyList<int[]> windows, PositionMethod method, CancellationToken cancellationToken = default) =>
        Losses([.. windows.Select(w => new ScoringTask(w, method.At(w.Length), 1, method.Layout))], cancellationToken);

    /// <summary>Losses of many tasks at once.</summary>
    /// <returns>Per task, the losses from its first scored token on.</returns>
    public float[][] Losses(IReadOnlyList<ScoringTask> tasks, CancellationToken cancellationToken = default)
    {
        var losses = new float[tasks.Count][];
        void Run(int i)
        {
            losses[i] = Score(tasks[i], cancellationToken);
            Interlocked.Add(ref _tokensEvaluated, tasks[i].Tokens.Length);
            WindowDone?.Invoke(tasks[i].Tokens.Length);
        }

        if (tasks.Count > 1 && FitsOnePerThread(tasks.Max(t => t.Tokens.Length)))
        {
            WorkerPool.For(tasks.Count, Run);
        }
        else
        {
            for (var i = 0; i < tasks.Count; i++)
            {
                Run(i);
            }
        }

        return losses;
    }

    private bool FitsOnePerThread(int length)
    {
        var shape = model.Shape;
        var bytes = (long)length * sizeof(float) * (shape.HiddenWidth + (2L * shape.NumKeyValueHeads * shape.HeadWidth) + shape.HeadWidth);
        return bytes * WorkerPool.NumThreads < Math.Min(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
    }

    private float[] Score(ScoringTask task, CancellationToken cancellationToken)
    {
        var tokens = task.Tokens;
        var losses = new float[tokens.Length - task.FirstScored];
        if (losses.Length == 0)
        {
            return losses;
        }

        // The last token predicts nothing that is scored, so it is not run.
        using var rotary = new RotaryTable(task.Frequencies, task.Layout, tokens.Length - 1);
        using var cache = new KeyValueCache(model.Shape, tokens.Length - 1, singlePass: true, numKeySets: rotary.NumKeySets);
        var input = new SequenceInput(
            tokens.AsMemory(0, tokens.Length - 1), cache, rotary, task.FirstScored - 1, (row, logits) => losses[row + 1 - task.FirstScored] = (float)TokenLoss.Of(logits, tokens[row + 1]));
        model.Forward([input with { Prepared = _kept.GetValueOrDefault(tokens) }], cancellationToken);
        return losses;
    }
}
