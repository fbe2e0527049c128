namespace Ropewalk.Lab.Comparison;

/// <summary>What is found of an earlier run of the same command.</summary>
/// <param name="Setup">What its figures depend on.</param>
/// <param name="UsedWindows">Held-out windows that it measures on.</param>
/// <param name="Cells">Finished cells.</param>
/// <param name="Tuned">Finished tunings.</param>
/// <param name="WholeBytes">Bytes of the journal's whole lines.</param>
public sealed record CompareRecords(
    CompareSetup Setup, int UsedWindows, IReadOnlyList<ComparedCell> Cells, IReadOnlyList<TunedMethod> Tuned, long WholeBytes);

/// <summary>run.json: what was asked.</summary>
/// <param name="Setup">What the figures depend on.</param>
/// <param name="UsedWindows">Held-out windows, as many as a budget left.</param>
/// <param name="CommandLine">The command, ready to be pasted.</param>
/// <param name="Started">When.</param>
public sealed record CompareRun(CompareSetup Setup, int UsedWindows, string CommandLine, DateTimeOffset Started);

/// <summary>A line of the journal: a cell or a tuning.</summary>
/// <param name="Cell">A finished cell, or null.</param>
/// <param name="Tuned">A finished tuning, or null.</param>
public sealed record CompareLine(ComparedCell? Cell = null, TunedMethod? Tuned = null);
