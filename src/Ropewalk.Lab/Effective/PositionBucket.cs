namespace Ropewalk.Lab.Effective;

/// <summary>Mean loss over a stretch of positions past the old window, against the very same tokens at the end of a window of the old length.</summary>
/// <param name="Window">Tokens of the windows that were run.</param>
/// <param name="End">Last position of the stretch, counted from 1.</param>
/// <param name="Nll">Mean loss there, nats.</param>
/// <param name="ShortNll">Mean loss of the same tokens as the last quarter of a window of L.</param>
/// <param name="Low">Lower end of the interval of <see cref="Rise"/>; all stretches together hold with 95 %.</param>
/// <param name="High">Upper end.</param>
public sealed record PositionBucket(int Window, int End, double Nll, double ShortNll, double Low, double High)
{
    /// <summary>Nats lost by the longer window: above 0 is worse.</summary>
    public double Rise => Nll - ShortNll;

    /// <summary>e to the mean loss.</summary>
    public double Perplexity => Math.Exp(Nll);

    /// <summary>The same of the old window.</summary>
    public double ShortPerplexity => Math.Exp(ShortNll);
}
