namespace Ropewalk.Lab.LongEmbed;

/// <summary>All that a run decides before it measures.</summary>
/// <param name="Options">What is asked, with what was decided.</param>
/// <param name="Model">The model.</param>
/// <param name="Methods">Rows of the table.</param>
/// <param name="LeftOut">Methods that this model cannot have, with the reasons.</param>
/// <param name="Tasks">Columns of the table.</param>
/// <param name="Work">Of a text.</param>
/// <param name="Planned">Work of the whole run.</param>
/// <param name="Tokens">Tokens of the whole run.</param>
/// <param name="Seconds">Estimate of its time.</param>
internal sealed record LongEmbedPlan(
    LongEmbedOptions Options, EmbedderFacts Model, IReadOnlyList<EmbedderMethod> Methods, IReadOnlyList<string> LeftOut, IReadOnlyList<LongTask> Tasks, EmbeddingWork Work, double Planned, long Tokens, double Seconds);
