namespace Ropewalk.Lab.Search;

/// <summary>One stage of <see cref="AutoSearch"/>: CMA-ES around the best point so far.</summary>
/// <param name="Knots">Numbers for the rescale factors; no more than there are pairs.</param>
/// <param name="Sigma">First step size.</param>
/// <param name="Windows">Windows that a generation is ranked on, others each time; 0 to race on all of them against the best point.</param>
/// <param name="Share">Part of the whole search after which the stage ends.</param>
public sealed record AutoStage(int Knots, double Sigma, int Windows, double Share);
