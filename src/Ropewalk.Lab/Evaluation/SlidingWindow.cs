using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Evaluation;

/// <summary>What a user has without a longer window: the original model that sees only the last L tokens. For each stretch of
/// <c>stride</c> tokens it runs anew over the L tokens before the stretch's end, so each token is predicted from between L - stride + 1 and L tokens
/// (with stride 1 from exactly L). Where the tokenizer adds a BOS, it stands in front of each run and counts as one of the L.</summary>
public static class SlidingWindow
{
    /// <summary>Losses of each token after a window's first, as <see cref="Evaluator.Losses(IReadOnlyList{int[]}, RopeFrequencies, CancellationToken)"/> has them.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="set">Windows longer than L.</param>
    /// <param name="context">L.</param>
    /// <param name="stride">Tokens scored by one run, 1 .. L.</param>
    /// <param name="keepFirst">Whether each window's first token is a BOS that stays in front.</param>
    /// <param name="frequencies">The original model's.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public static float[][] Losses(
        Evaluator evaluator, WindowSet set, int context, int stride, bool keepFirst, RopeFrequencies frequencies, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stride, context);
        var tasks = new List<ScoringTask>();
        var targets = new List<(int Window, int First)>();
        for (var w = 0; w < set.Windows.Length; w++)
        {
            var tokens = set.Windows[w].Tokens;

            // A run reads L tokens and scores the one after them as well, so its array has L + 1.
            var head = Math.Min(context + 1, tokens.Length);
            Add(w, tokens[..head], 1, 1);
            for (var first = head; first < tokens.Length; first += stride)
            {
                var end = Math.Min(first + stride, tokens.Length);
                var run = tokens[(end - context - 1)..end];
                if (keepFirst)
                {
                    run[0] = tokens[0];
                }

                Add(w, run, run.Length - (end - first), first);
            }
        }

        var losses = evaluator.Losses(tasks, cancellationToken);
        var result = set.Windows.Select(w => new float[w.Tokens.Length - 1]).ToArray();
        for (var i = 0; i < losses.Length; i++)
        {
            losses[i].CopyTo(result[targets[i].Window], targets[i].First - 1);
        }

        return result;

        void Add(int window, int[] tokens, int firstScored, int target)
        {
            tasks.Add(new ScoringTask(tokens, frequencies, firstScored));
            targets.Add((window, target));
        }
    }

    /// <summary>Tokens that <see cref="Losses"/> runs.</summary>
    public static long Cost(WindowSet set, int context, int stride) =>
        set.Windows.Length * (context + ((Math.Max(0, set.Length - context - 1) + stride - 1L) / stride * context));
}
