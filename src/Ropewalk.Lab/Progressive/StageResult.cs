using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Progressive;

/// <summary>One stage of a road: a search, and a tuning under what it found.</summary>
/// <param name="Length">Its window.</param>
/// <param name="Tokens">Tokens of the tuning; 0 where there was none.</param>
/// <param name="Best">What the search found.</param>
/// <param name="Candidates">Candidates of the search.</param>
/// <param name="Before">Perplexity by length on held-out text under it, before the tuning.</param>
/// <param name="After">The same after it; the same numbers where there was none.</param>
/// <param name="ShortFactors">The rescale factors for windows up to L, under the same attention factor.</param>
/// <param name="AtOriginal">Perplexity at L under them, after the tuning.</param>
/// <param name="ShortLoss">What that is above the untouched model's: 0.01 is 1 %.</param>
public sealed record StageResult(
    int Length,
    long Tokens,
    Trial Best,
    int Candidates,
    IReadOnlyList<MethodResult> Before,
    IReadOnlyList<MethodResult> After,
    IReadOnlyList<double> ShortFactors,
    Perplexity AtOriginal,
    double ShortLoss);
