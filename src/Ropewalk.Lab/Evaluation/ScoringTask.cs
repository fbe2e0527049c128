using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Evaluation;

/// <summary>One sequence to score.</summary>
/// <param name="Tokens">Ids; positions count from its first.</param>
/// <param name="Frequencies">In force.</param>
/// <param name="FirstScored">Index of the first token whose loss is wanted, at least 1.</param>
/// <param name="Layout">Bands of a position plan; null for the ordinary one.</param>
public readonly record struct ScoringTask(int[] Tokens, RopeFrequencies Frequencies, int FirstScored, PlanLayout? Layout = null);
