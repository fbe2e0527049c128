using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>How a method finds held-out documents.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Pairs">Held-out pairs; each query looks among all their documents.</param>
/// <param name="FoundFirst">Queries whose document is the nearest.</param>
/// <param name="FoundInFive">Queries whose document is among the nearest five.</param>
/// <param name="Loss">Contrastive loss over all of them, nats.</param>
public sealed record MethodRecall(string Method, int Pairs, int FoundFirst, int FoundInFive, double Loss)
{
    /// <summary>Recall@1.</summary>
    public double RecallAt1 => (double)FoundFirst / Pairs;

    /// <summary>Recall@5.</summary>
    public double RecallAt5 => (double)FoundInFive / Pairs;

    /// <summary>95 % interval of <see cref="RecallAt1"/> (Wilson).</summary>
    public double[] RecallAt1Interval => [WilsonInterval.Of(FoundFirst, Pairs).Low, WilsonInterval.Of(FoundFirst, Pairs).High];
}
