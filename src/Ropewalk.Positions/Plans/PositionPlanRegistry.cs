namespace Ropewalk.Positions.Plans;

/// <summary>All position plans by the name that a user writes. A new plan is its file here and its line in the table.</summary>
public static class PositionPlanRegistry
{
    private const string LogN = "log-n";

    private static readonly SpecTable<int, PositionPlan> Plans = new(
        "--plan",
        [],
        new("full", "full", (originalContext, _) => new FullPlan(originalContext)),
        new("self-extend", "self-extend:group=N,window=N[,rounding=floor|fractional]", SelfExtendPlan.FromSpec),
        new("dual-chunk", "dual-chunk[:chunk=N][,local=N][,variant=code|paper][,scale=none|chunkllama|qwen]", DualChunkPlan.FromSpec),
        new("rerope", "rerope:window=N", ReRopePlan.FromSpec),
        new("leaky-rerope", "leaky-rerope:window=N,factor=N", LeakyReRopePlan.FromSpec),
        new("grouped", "grouped[:group=N]", GroupedPlan.FromSpec),
        new("recurrent", "recurrent[:period=N]", RecurrentPlan.FromSpec),
        new("parallel-windows", "parallel-windows:windows=N/N/...[,indent=left|right]", ParallelWindowsPlan.FromSpec),
        new("sinks", "sinks:recent=N[,start=N][,evict=N]", SinksPlan.FromSpec),
        new(
            LogN,
            "log-n[:training=N][+PLAN]",
            (originalContext, arguments) => new LogNPlan(new FullPlan(originalContext), arguments.Whole("training", originalContext, minimum: 2))));

    /// <summary>The allowed forms of a spec, for help texts.</summary>
    public static IReadOnlyList<string> Forms => Plans.Forms;

    /// <summary>Reads a spec such as "self-extend:group=8,window=512", "sinks:start=4,recent=2000" or "log-n+rerope:window=512".</summary>
    /// <param name="spec">What the user gave to --plan.</param>
    /// <param name="originalContext">The window L in tokens that the model holds without the plan, at least 1.</param>
    /// <exception cref="UserInputException">The spec is not one of <see cref="Forms"/> or a number in it is out of range; the line names
    /// --plan, the spec and what is allowed.</exception>
    public static PositionPlan Parse(string spec, int originalContext)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var plus = spec.IndexOf('+', StringComparison.Ordinal);
        if (plus < 0 || SpecTable<int, PositionPlan>.Split(spec[..plus]).Name != LogN)
        {
            return Plans.Parse(spec, spec, originalContext);
        }

        var scale = (LogNPlan)Plans.Parse(spec, spec[..plus], originalContext);
        var inner = Plans.Parse(spec, spec[(plus + 1)..], originalContext);
        return Plans.Guard(spec, () => new LogNPlan(inner, scale.TrainingLength));
    }
}
