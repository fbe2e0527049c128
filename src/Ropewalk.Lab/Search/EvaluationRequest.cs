namespace Ropewalk.Lab.Search;

/// <summary>A point and the windows that it is wanted on: the unit in which a search spends, and in which it is recorded.</summary>
/// <param name="Point">What to try.</param>
/// <param name="FirstWindow">Index of the first window in the evaluator's order.</param>
/// <param name="NumWindows">How many from there on.</param>
public sealed record EvaluationRequest(SearchPoint Point, int FirstWindow, int NumWindows)
{
    // The way back is two products for each one there.
    private const int PassesOfGradient = 3;

    /// <summary>Whether the answer goes on, after the losses, with the gradient of their mean: in ln lambda of each pair, then in ln a.</summary>
    public bool WantsGradient { get; init; }

    /// <summary>Numbers of the answer.</summary>
    public int AnswerLength => NumWindows + (WantsGradient ? Point.RescaleFactors.Length + 1 : 0);

    /// <summary>What it costs, in passes of a window through the model.</summary>
    public int Passes => WantsGradient ? PassesOfGradient * NumWindows : NumWindows;
}
