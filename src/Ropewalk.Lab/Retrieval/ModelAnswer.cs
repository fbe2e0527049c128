namespace Ropewalk.Lab.Retrieval;

/// <summary>What a model made of a prompt.</summary>
/// <param name="Losses">For each candidate the sum of its tokens' losses in nats; empty where not asked for.</param>
/// <param name="Generated">Tokens of the greedy continuation; empty where not asked for.</param>
public sealed record ModelAnswer(double[] Losses, int[] Generated);
