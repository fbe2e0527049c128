namespace Ropewalk.Lab.Progressive;

/// <summary>How far a progressive extension came.</summary>
/// <param name="Result">The end; null where it waits, and after a dry run.</param>
/// <param name="Waiting">What it waits for; null where it does not.</param>
public sealed record ProgressiveOutcome(ProgressiveResult? Result, OutsideWork? Waiting);

/// <summary>A tuning that another program is to do.</summary>
/// <param name="Length">The window.</param>
/// <param name="Folder">Where its model, its texts and the settings lie.</param>
/// <param name="Files">The settings, one a program.</param>
/// <param name="Command">What continues with the folder that comes back.</param>
public sealed record OutsideWork(int Length, string Folder, IReadOnlyList<string> Files, string Command);
