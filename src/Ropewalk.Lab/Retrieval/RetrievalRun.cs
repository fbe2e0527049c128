using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A grid's result with all that its records tell.</summary>
/// <param name="Result">The trials.</param>
/// <param name="Model">The model.</param>
/// <param name="ModelPath">Its folder or file, as given.</param>
/// <param name="Scaling">--scaling.</param>
/// <param name="Plan">--plan.</param>
/// <param name="CommandLine">As the user typed it.</param>
/// <param name="Start">When it began.</param>
/// <param name="Seconds">How long it took, less what was taken over from an earlier run.</param>
/// <param name="TakenOver">Trials of earlier runs.</param>
/// <param name="Notes">Remarks on model and tokenizer.</param>
public sealed record RetrievalRun(
    RetrievalResult Result, ReportModel Model, string ModelPath, string Scaling, string Plan, string CommandLine, DateTimeOffset Start, double Seconds, int TakenOver, IReadOnlyList<string> Notes)
{
    /// <summary>How prompts were made and judged, in a sentence.</summary>
    public string Protocol =>
        $"{Result.Description}; windows of n tokens hold prompt and answer; {Result.Options.Trials} trials a cell" +
        (Result.Options.Scoring.HasFlag(RetrievalScoring.Greedy) ? "; greedy: the continuation gives the answer" : "") +
        (Result.Options.Scoring.HasFlag(RetrievalScoring.Choice) ? $"; choice: of {Result.Options.Candidates} candidates the answer has the least summed loss (chance {Result.Chance(RetrievalScoring.Choice):0.##})" : "") +
        "; intervals: Wilson, 95 %";
}
