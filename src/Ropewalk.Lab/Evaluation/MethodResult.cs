namespace Ropewalk.Lab.Evaluation;

/// <summary>One method at one length on the held-out windows.</summary>
/// <param name="Method">Name, e.g. "yarn tuned".</param>
/// <param name="Spec">The scaling in force, as --scaling takes it, or a description.</param>
/// <param name="Length">Tokens of a window.</param>
/// <param name="Perplexity">Token-weighted.</param>
/// <param name="BitsPerByte">The same loss per byte of text.</param>
/// <param name="Losses">Per window, each scored token's loss.</param>
public sealed record MethodResult(string Method, string Spec, int Length, Perplexity Perplexity, double BitsPerByte, float[][] Losses);
