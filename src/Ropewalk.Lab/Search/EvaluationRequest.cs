namespace Ropewalk.Lab.Search;

/// <summary>A point and the windows that it is wanted on: the unit in which a search spends, and in which it is recorded.</summary>
/// <param name="Point">What to try.</param>
/// <param name="FirstWindow">Index of the first window in the evaluator's order.</param>
/// <param name="NumWindows">How many from there on.</param>
public sealed record EvaluationRequest(SearchPoint Point, int FirstWindow, int NumWindows);
