namespace Ropewalk.Lab.Retrieval;

/// <summary>One trial, as the journal keeps it.</summary>
/// <param name="Length">Window in tokens.</param>
/// <param name="Depth">Asked for, 0 .. 1.</param>
/// <param name="Trial">Its number in its cell.</param>
/// <param name="PromptTokens">Tokens of the prompt, at most the window less the room for the answer.</param>
/// <param name="NeedleToken">Index of the needle's first token in the prompt.</param>
/// <param name="Answer">What was to be found.</param>
/// <param name="Generated">The greedy continuation, or null.</param>
/// <param name="IsExact">Whether it gives the answer.</param>
/// <param name="Chosen">The candidate with the least loss, or null.</param>
/// <param name="Margin">Least loss of a wrong candidate minus the answer's, in nats: above 0 where the answer was chosen.</param>
public sealed record RetrievalTrial(
    int Length, double Depth, int Trial, int PromptTokens, int NeedleToken, string Answer, string? Generated, bool? IsExact, string? Chosen, double? Margin)
{
    /// <summary>Whether the answer alone has the least loss: a tie is no choice.</summary>
    public bool? IsChosen => Margin is { } margin ? margin > 0 : null;

    /// <summary>By one of the two judgements.</summary>
    public bool IsCorrect(RetrievalScoring by) => (by == RetrievalScoring.Greedy ? IsExact : IsChosen) == true;
}
