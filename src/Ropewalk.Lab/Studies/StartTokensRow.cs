namespace Ropewalk.Lab.Studies;

/// <summary>One line of the study.</summary>
/// <param name="Method">Factors under which the start tokens were varied, or what was searched.</param>
/// <param name="StartTokens">n-hat.</param>
/// <param name="SearchPerplexity">On the search windows: where a choice is made.</param>
/// <param name="HeldoutPerplexity">On the held-out windows.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Difference">Held-out loss less that of the same method without start tokens, nats; NaN where there is none.</param>
/// <param name="DifferenceLow">Lower end of its paired 95 % interval.</param>
/// <param name="DifferenceHigh">Upper end.</param>
public sealed record StartTokensRow(
    string Method, int StartTokens, double SearchPerplexity, double HeldoutPerplexity, double Low, double High, double Difference, double DifferenceLow, double DifferenceHigh);
