namespace Ropewalk.Lab.Runs;

/// <summary>How far a job is.</summary>
/// <param name="Stage">What it does now, e.g. "search 12/40, best 4.331, 448 evaluations".</param>
/// <param name="Done">Share of the job's work that is done, 0 .. 1.</param>
/// <param name="TokensPerSecond">Tokens through the model per second, over the whole job.</param>
/// <param name="TimeLeft">Estimate.</param>
public readonly record struct JobProgress(string Stage, double Done, double TokensPerSecond, TimeSpan TimeLeft);
