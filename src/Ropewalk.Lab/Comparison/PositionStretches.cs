using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Comparison;

/// <summary>A long window cut into stretches of absolute positions, each with its own bootstrap: where a model breaks, its loss rises from one on.</summary>
public sealed class PositionStretches
{
    /// <summary>Stretches of a window.</summary>
    public const int Count = 16;

    private readonly WindowSet _set;
    private readonly ulong _seed;
    private readonly (int From, int To)[] _stretches;
    private readonly Bootstrap[] _bootstraps;

    /// <summary>Cuts the windows.</summary>
    /// <param name="set">Windows of N tokens.</param>
    /// <param name="seed">Of the resamples.</param>
    public PositionStretches(WindowSet set, ulong seed)
    {
        _set = set;
        _seed = seed;
        long scored = set.Length - 1;
        var count = (int)Math.Min(Count, scored);
        _stretches = [.. Enumerable.Range(0, count).Select(b => ((int)(scored * b / count), (int)(scored * (b + 1) / count)))];
        _bootstraps = [.. _stretches.Select(s => Resampling(s))];
        NumParts = _bootstraps.Sum(b => b.NumParts);
    }

    /// <summary>Numbers that are kept of a window.</summary>
    public int NumParts { get; }

    /// <summary>A window's losses added up by the parts of all stretches.</summary>
    public double[] Parts(float[] losses) => [.. _stretches.SelectMany((s, i) => _bootstraps[i].Parts(losses.AsSpan(s.From, s.To - s.From)))];

    /// <summary>Each method's perplexity by position, and how far it is above the sliding window's.</summary>
    /// <param name="methods">Name and the parts of all windows, "window" among them.</param>
    public IReadOnlyList<PositionCurve> Measure(IReadOnlyList<(string Method, IReadOnlyList<double[]> Parts)> methods)
    {
        var points = methods.Select(_ => new List<PositionPoint>()).ToList();
        var window = methods.First(m => m.Method == MethodList.Window);
        var offset = 0;
        for (var i = 0; i < _stretches.Length; i++)
        {
            // One at a time: the resamples of all stretches together would be large.
            var bootstrap = Resampling(_stretches[i]);
            var (from, to) = (offset, offset += bootstrap.NumParts);
            double[] Units(IReadOnlyList<double[]> parts) => bootstrap.Units([.. parts.Select(p => p[from..to])]);
            var slid = Units(window.Parts);
            for (var m = 0; m < methods.Count; m++)
            {
                var units = Units(methods[m].Parts);

                // Position 1 is a window's first token, which nothing predicts.
                points[m].Add(new PositionPoint(_stretches[i].From + 2, _stretches[i].To + 1, bootstrap.Measure(units), bootstrap.Compare(units, slid)));
            }
        }

        return [.. methods.Select((m, i) => new PositionCurve(m.Method, points[i]))];
    }

    private Bootstrap Resampling((int From, int To) stretch) =>
        new(new WindowSet(stretch.To - stretch.From + 1, _set.Windows, _set.Documents), _seed);
}
