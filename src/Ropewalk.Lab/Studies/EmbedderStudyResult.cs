using Ropewalk.Lab.Comparison;

namespace Ropewalk.Lab.Studies;

/// <summary>A finished study of embedders.</summary>
/// <param name="Models">As they were given.</param>
/// <param name="ShortLength">Tokens of the short documents.</param>
/// <param name="Seeds">How many.</param>
/// <param name="Tables">One for each T and model.</param>
/// <param name="TokensEvaluated">Tokens through the models, whether now or before.</param>
public sealed record EmbedderStudyResult(IReadOnlyList<EmbedderStudyModel> Models, int ShortLength, int Seeds, IReadOnlyList<EmbedderStudyTable> Tables, long TokensEvaluated);

/// <summary>Every method of one model for one T.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Target">T.</param>
/// <param name="Rows">In the methods' order.</param>
public sealed record EmbedderStudyTable(string Model, int Target, IReadOnlyList<EmbedderStudyRow> Rows)
{
    /// <summary>The method of the highest average.</summary>
    public EmbedderStudyRow Best => Rows.MaxBy(r => r.Average)!;
}

/// <summary>One method.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Spec">With its numbers.</param>
/// <param name="Scores">By task.</param>
public sealed record EmbedderStudyRow(string Method, string Spec, IReadOnlyList<EmbedderStudyScore> Scores)
{
    /// <summary>Mean of the tasks at T.</summary>
    public double Average => Scores.Average(s => s.Score);

    /// <summary>Mean of the tasks that have lengths at the short one.</summary>
    public double Short => Scores.Where(s => s.Short is not null).Average(s => s.Short!.Value);
}

/// <summary>One method on one task.</summary>
/// <param name="Task">Its name.</param>
/// <param name="Score">Share of first places at T over all seeds, or nDCG@10.</param>
/// <param name="Low">Lower end of the 95 % interval: Wilson's over the queries of all seeds, or the bootstrap's.</param>
/// <param name="High">Upper end.</param>
/// <param name="Standing">Beside the other methods on the same queries.</param>
/// <param name="BySeed">The share of each seed; empty for real texts, which no seed changes.</param>
/// <param name="Short">Share of first places at the short length; null for real texts.</param>
public sealed record EmbedderStudyScore(string Task, double Score, double Low, double High, Standing Standing, IReadOnlyList<double> BySeed, double? Short);
