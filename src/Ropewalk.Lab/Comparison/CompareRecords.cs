namespace Ropewalk.Lab.Comparison;

/// <summary>What a stopped comparison left.</summary>
/// <param name="Run">What was asked.</param>
/// <param name="Chunks">Measured windows.</param>
/// <param name="Tuned">Finished tunings.</param>
/// <param name="WholeBytes">Bytes of the journal's whole lines.</param>
/// <param name="Times">Seconds of what was measured.</param>
/// <param name="WholeTimeBytes">Bytes of the telemetry's whole lines.</param>
public sealed record CompareRecords(
    CompareRun Run, IReadOnlyList<ComparedChunk> Chunks, IReadOnlyList<TunedMethod> Tuned, long WholeBytes, IReadOnlyList<CompareTime> Times, long WholeTimeBytes)
{
    /// <summary>The records of a comparison that has not begun.</summary>
    public static CompareRecords New(CompareRun run) => new(run, [], [], 0, [], 0);
}

/// <summary>One method over some windows of one length, as the journal holds it: the losses summed up as far as every interval allows.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Length">Tokens of a window.</param>
/// <param name="First">Index of the first window.</param>
/// <param name="Parts">For each window, summed losses of each part; see <see cref="Evaluation.Bootstrap.Parts"/>.</param>
/// <param name="Positions">For each window, the same by stretches of positions; null below N.</param>
public sealed record ComparedChunk(string Method, int Length, int First, double[][] Parts, double[][]? Positions = null);

/// <summary>A method after its tuning.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Spec">The scaling that was found, as --scaling takes it.</param>
public sealed record TunedMethod(string Method, string Spec);

/// <summary>A line of the journal: windows or a tuning. The sliding window is measured at all lengths at once, so its line has several chunks.</summary>
/// <param name="Chunks">Measured windows, or null.</param>
/// <param name="Tuned">A finished tuning, or null.</param>
public sealed record CompareLine(IReadOnlyList<ComparedChunk>? Chunks = null, TunedMethod? Tuned = null);

/// <summary>A line of the telemetry: what took how long. It is never compared.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Length">Tokens of a window; 0 for a tuning, and for the sliding window, which serves all lengths at once.</param>
/// <param name="First">Index of the first window.</param>
/// <param name="Seconds">Wall time.</param>
public sealed record CompareTime(string Method, int Length, int First, double Seconds);
