using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Evaluation;

/// <summary>The parameters that each plan's authors recommend, for a model with a window of L tokens that is to read n. One choice is made in one
/// place and said here; where the authors give a range, a fixed point of it is taken, so that no plan is tuned on the text it is measured on.
/// A plan that would not change anything at this length is null: it is the model as it is.</summary>
public static class PlanDefaults
{
    /// <summary>SelfExtend (2401.01325). The authors ask for w + (n - w)/g below 1/2 to 2/3 of L, and ran LLaMA2 (L = 4,096) with w from 512 to 1,536: here
    /// w = L/4, the middle of that, and the smallest g below 2/3 L. A larger g blurs more than it needs to.</summary>
    public static PositionPlan? SelfExtend(int originalContext, int length)
    {
        if (length <= originalContext)
        {
            return null;
        }

        var window = Math.Max(1, originalContext / 4);
        var room = (2d * originalContext / 3) - window;
        var group = (int)Math.Floor((length - window) / room) + 1;
        return new SelfExtendPlan(originalContext, group, window);
    }

    /// <summary>Dual chunk attention (2402.17463): chunks of 3/4 L of which L/8 are local, as ChunkLlama has them, and no factor on the logits, as in the
    /// paper. It moves tokens at L already, because a chunk is shorter than L.</summary>
    public static PositionPlan DualChunk(int originalContext) => new DualChunkPlan(originalContext, (int)(originalContext * 3L / 4), originalContext / 8);

    /// <summary>ReRoPE (Su Jianlin): w = L/2, within the trained distances with room to spare, and log-n scaling, which the author's code never leaves out. His
    /// examples with L = 4,096 take 512 to 1,024. It moves tokens at L already.</summary>
    public static PositionPlan ReRope(int originalContext) => new LogNPlan(new ReRopePlan(originalContext, Half(originalContext)), originalContext);

    /// <summary>Leaky ReRoPE (Su Jianlin): as <see cref="ReRope"/>, and beyond w the smallest whole factor k that keeps n tokens among L distances; the
    /// author takes 16.</summary>
    public static PositionPlan? LeakyReRope(int originalContext, int length)
    {
        if (length <= originalContext)
        {
            return null;
        }

        var window = Half(originalContext);
        var factor = Math.Ceiling((length - 1d - window) / Math.Max(1, originalContext - 1 - window));
        return new LogNPlan(new LeakyReRopePlan(originalContext, window, factor), originalContext);
    }

    /// <summary>Grouped positions (2404.12096): g = n/L, rounded up.</summary>
    public static PositionPlan? Grouped(int originalContext, int length) =>
        length <= originalContext ? null : new GroupedPlan(originalContext, ((length - 1) / originalContext) + 1);

    /// <summary>Recurrent positions (2404.12096): the period is L, as in the paper.</summary>
    public static PositionPlan? Recurrent(int originalContext, int length) =>
        length <= originalContext ? null : new RecurrentPlan(originalContext, originalContext);

    /// <summary>Parallel context windows (2212.10947): the last L/4 tokens are the task, all before them stand in windows of 3/4 L. It is made for
    /// passages that stand for themselves; in a running text each window loses what came before it.</summary>
    public static PositionPlan? ParallelWindows(int originalContext, int length)
    {
        if (length <= originalContext)
        {
            return null;
        }

        // The windows share one begin-of-text token, so each after the first adds one token less than it has.
        var window = Math.Max(2, (int)(originalContext * 3L / 4));
        var left = length - (originalContext - window) - window;
        var windows = new List<int> { window };
        for (; left > 0; left -= window - 1)
        {
            windows.Add(Math.Min(window, left + 1));
        }

        return new ParallelWindowsPlan(originalContext, [.. windows]);
    }

    /// <summary>Attention sinks (2309.17453): 4 start tokens and the rest of the window.</summary>
    public static PositionPlan? Sinks(int originalContext, int length)
    {
        const int Start = 4;
        return length <= originalContext ? null : new SinksPlan(originalContext, Start, originalContext - Start);
    }

    /// <summary>Log-n scaling (Su Jianlin) with the training length L, where it begins.</summary>
    public static PositionPlan? LogN(int originalContext, int length) =>
        length <= originalContext ? null : new LogNPlan(new FullPlan(originalContext), originalContext);

    private static int Half(int originalContext) => Math.Max(1, originalContext / 2);
}
