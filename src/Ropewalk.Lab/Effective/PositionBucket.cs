namespace Ropewalk.Lab.Effective;

/// <summary>Mean loss over a stretch of positions past the old window, against the stretch just before that window's end.</summary>
/// <param name="Window">Tokens of the windows that were run.</param>
/// <param name="End">Last position of the stretch, counted from 1.</param>
/// <param name="Nll">Mean loss there, nats.</param>
/// <param name="Rise">Less the mean loss just before the old window's end, nats: above 0 is worse.</param>
/// <param name="Low">Lower end of its interval; all stretches together hold with 95 %.</param>
/// <param name="High">Upper end.</param>
public sealed record PositionBucket(int Window, int End, double Nll, double Rise, double Low, double High)
{
    /// <summary>e to the mean loss.</summary>
    public double Perplexity => Math.Exp(Nll);
}
