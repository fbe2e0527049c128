namespace Ropewalk.Engine.Training;

/// <summary>Which products of a model get a <see cref="LowRankAdapter"/>.</summary>
/// <param name="Rank">Inner width, at least 1.</param>
/// <param name="Alpha">The product counts alpha / rank.</param>
/// <param name="Targets">Last parts of the names of the products' tensors, such as q_proj or qkv_proj; "attention" for those of attention, "all" for all.</param>
public sealed record AdapterSettings(int Rank, double Alpha, IReadOnlyList<string> Targets);
