namespace Ropewalk.Lab.LongEmbed;

/// <summary>One column of the table.</summary>
/// <param name="Name">As --tasks has it.</param>
/// <param name="Title">As the table has it.</param>
/// <param name="Mteb">Name in MTEB's files: MTEB's own where the texts are LongEmbed's, else one of ours, because other texts are another task.</param>
/// <param name="Source">Where the texts come from, in words.</param>
/// <param name="Cutoff">The k of nDCG@k that is the task's score; 1 is the share of queries whose document comes first.</param>
/// <param name="Parts">At least one.</param>
public sealed record LongTask(string Name, string Title, string Mteb, string Source, int Cutoff, IReadOnlyList<TaskPart> Parts)
{
    /// <summary>Whether documents have lengths that were asked for.</summary>
    public bool HasLengths => Parts[0].Length is not null;

    /// <summary>Whether it is known where in a document a query's answer lies.</summary>
    public bool HasDepths => Parts[0].Depths is not null;
}
