using System.Runtime.InteropServices;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.Runs;

/// <summary>All that a run's report shows. Plain values: the caller measures, and gives the date, so that the same data give
/// the same bytes. A NaN anywhere means "not measured"; it is shown as a dash and not drawn.</summary>
public sealed record ReportData
{
    /// <summary>The report's heading.</summary>
    public required string Title { get; init; }

    /// <summary>The model under test.</summary>
    public required ReportModel Model { get; init; }

    /// <summary>The window that was wanted, in tokens.</summary>
    public required long TargetLength { get; init; }

    /// <summary>The command that made the run, ready to be pasted.</summary>
    public required string CommandLine { get; init; }

    /// <summary>When the run ended.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>One line on the machine.</summary>
    public required string Host { get; init; }

    /// <summary>What came out, in one or two sentences, good or bad.</summary>
    public required string Verdict { get; init; }

    /// <summary>Remarks: what was left out, which fallback was taken.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Perplexity by length of the window.</summary>
    public IReadOnlyList<ReportCurve> Curves { get; init; } = [];

    /// <summary>Perplexity by position within one long window; <see cref="ReportPoint.Length"/> is a bucket's last position.</summary>
    public IReadOnlyList<ReportCurve> ByPosition { get; init; } = [];

    /// <summary>The comparison, row by row.</summary>
    public IReadOnlyList<ReportRow> Table { get; init; } = [];

    /// <summary>What the table's differences are; the default fits a run with one winner at all lengths.</summary>
    public string TableNote { get; init; } = "Difference: nats a token more than the winner's, on the same tokens, with its paired 95 % interval. Above zero is worse.";

    /// <summary>Grids of things to be found, each with its heading.</summary>
    public IReadOnlyList<(string Title, RetrievalResult Grid)> Retrieval { get; init; } = [];

    /// <summary>How the search went, if there was one.</summary>
    public ReportSearch? SearchProgress { get; init; }

    /// <summary>Rescale factors of each pair, if the methods have them.</summary>
    public ReportFactors? Factors { get; init; }

    /// <summary>What a reader needs to repeat the run: versions, seeds, hashes.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Receipt { get; init; } = [];

    /// <summary>The files that the run wrote.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}

/// <summary>The model under test.</summary>
/// <param name="Name">Its name or folder.</param>
/// <param name="Architecture">Its model_type or class.</param>
/// <param name="Parameters">How many numbers it has.</param>
/// <param name="OriginalLength">The window that it was trained for.</param>
/// <param name="RotaryPairs">Rotated pairs of a head.</param>
/// <param name="ThetaBase">The RoPE base.</param>
public sealed record ReportModel(
    string Name, string Architecture, long Parameters, long OriginalLength, int RotaryPairs, double ThetaBase);

/// <summary>What a method is to the run; decides how its line looks.</summary>
public enum MethodRole
{
    /// <summary>A method from the literature, not tuned here.</summary>
    Baseline,

    /// <summary>A method that this run tuned.</summary>
    Tuned,

    /// <summary>The original model, its own window sliding over the text.</summary>
    Window,

    /// <summary>What the run recommends.</summary>
    Winner,

    /// <summary>What the search thought best for a while.</summary>
    Ghost,
}

/// <summary>A method's line in a chart.</summary>
public sealed record ReportCurve(string Method, MethodRole Role, IReadOnlyList<ReportPoint> Points);

/// <summary>A measured perplexity and, if known, its 95 % interval.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReportPoint(double Length, double Perplexity, double Low = double.NaN, double High = double.NaN);

/// <summary>The search: the best so far, and all candidates.</summary>
/// <param name="Best">Each that was the best so far.</param>
/// <param name="Candidates">Those that ran on every window.</param>
/// <param name="Dropped">How many did not.</param>
public sealed record ReportSearch(IReadOnlyList<SearchBest> Best, IReadOnlyList<SearchCandidate> Candidates, int Dropped = 0);

/// <summary>After this many evaluations, the best perplexity was this.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SearchBest(long Evaluations, double Perplexity, int Iteration);

/// <summary>One candidate's perplexity.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SearchCandidate(long Evaluation, double Perplexity);

/// <summary>Rescale factors by pair.</summary>
/// <param name="WavelengthTokens">Each pair's wavelength in tokens, unscaled.</param>
/// <param name="CriticalPair">The first pair whose wavelength exceeds the original length; null if none does.</param>
/// <param name="Series">One line a factor set.</param>
public sealed record ReportFactors(
    IReadOnlyList<double> WavelengthTokens, double? CriticalPair, IReadOnlyList<ReportFactorSeries> Series)
{
    /// <summary>Earlier bests of the search, the oldest first: drawn faintly.</summary>
    public IReadOnlyList<ReportFactorSeries> Ghosts { get; init; } = [];

    /// <summary>The winner and what it was made from, back to a seed; empty where the search has no such line.</summary>
    public IReadOnlyList<ReportAncestor> Lineage { get; init; } = [];
}

/// <summary>One step of the winner's line.</summary>
/// <param name="Candidate">Which candidate, from 1.</param>
/// <param name="Round">Round of the search.</param>
/// <param name="Perplexity">On the search windows.</param>
/// <param name="Origin">How it came about.</param>
/// <param name="Factors">Its rescale factors.</param>
public sealed record ReportAncestor(int Candidate, int Round, double Perplexity, string Origin, IReadOnlyList<double> Factors);

/// <summary>A named factor set: a rescale factor for each pair.</summary>
public sealed record ReportFactorSeries(string Name, MethodRole Role, IReadOnlyList<double> Factors);

/// <summary>One row of the comparison. The difference is in nats a token, this method minus the winner on the same tokens,
/// with its paired 95 % interval: above zero means worse than the winner. Seconds are shown where a row has them.</summary>
public sealed record ReportRow(
    string Method,
    MethodRole Role,
    long Length,
    double Perplexity,
    double Low,
    double High,
    double BitsPerByte,
    double DifferenceNats,
    double DifferenceLow,
    double DifferenceHigh,
    long Tokens,
    double Seconds = double.NaN);
