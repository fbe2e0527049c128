namespace Ropewalk.Engine.Training;

/// <summary>A change of a weight by a product of two thin ones (2106.09685): W + scale B A.</summary>
/// <param name="A">[rank, K]; of products that share a tensor one and the same.</param>
/// <param name="B">[N, rank].</param>
/// <param name="Scale">alpha / rank.</param>
public sealed record LowRankAdapter(Parameter A, Parameter B, float Scale);
