namespace Ropewalk.Benchmarks.Search;

/// <summary>A new best point of a run.</summary>
/// <param name="Tokens">Search tokens until then.</param>
/// <param name="SearchNll">Its loss on the search windows.</param>
/// <param name="HeldoutNll">Its loss on the measured windows.</param>
internal sealed record SearchStep(long Tokens, double SearchNll, double HeldoutNll);
