namespace Ropewalk.Lab.Contrastive;

/// <summary>A query and the document that answers it, as tokens with the special ones.</summary>
/// <param name="Query">At least one token.</param>
/// <param name="Positive">At least one token.</param>
/// <param name="Negatives">Documents that look like an answer and are none.</param>
public sealed record TrainingPair(int[] Query, int[] Positive, IReadOnlyList<int[]> Negatives);
