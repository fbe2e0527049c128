namespace Ropewalk.Lab.Runs;

/// <summary>A part of a run, as its journal has it.</summary>
/// <param name="Name">What was measured or searched.</param>
/// <param name="Entries">Recorded windows, values or evaluations.</param>
/// <param name="BestPerplexity">Of a search, the best so far; else null.</param>
public sealed record RunStage(string Name, int Entries, double? BestPerplexity);
