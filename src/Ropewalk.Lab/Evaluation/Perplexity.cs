namespace Ropewalk.Lab.Evaluation;

/// <summary>A token-weighted perplexity with its interval.</summary>
/// <param name="Nll">Mean loss over all scored tokens, nats.</param>
/// <param name="Low">Lower end of the 95 % interval of the perplexity.</param>
/// <param name="High">Upper end.</param>
/// <param name="Tokens">Scored tokens.</param>
public sealed record Perplexity(double Nll, double Low, double High, long Tokens)
{
    /// <summary>e to the mean loss.</summary>
    public double Value => Math.Exp(Nll);
}
