using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>How far a run is, from its entries.</summary>
internal sealed class JournalProgress
{
    private readonly List<RunStage> _stages = [];
    private readonly List<SearchBest> _best = [];
    private readonly Dictionary<SearchPoint, Dictionary<int, double>> _points = [];
    private int _windows;
    private int _complete;
    private double _bestNll = double.PositiveInfinity;

    /// <summary>Whether the last entry says that the run is finished.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The run's parts.</summary>
    public IReadOnlyList<RunStage> Stages => _stages;

    /// <summary>Best so far of the first search.</summary>
    public IReadOnlyList<SearchBest> Best => _best;

    /// <summary>Candidates of the first search that ran on every window.</summary>
    public int Candidates { get; private set; }

    /// <summary>Evaluation entries of all searches.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Takes the next entry.</summary>
    public void Add(JournalEntry entry)
    {
        IsDone = entry is DoneEntry;
        switch (entry)
        {
            case SearchEntry e:
                (_windows, _complete, _bestNll) = (e.NumWindows, 0, double.PositiveInfinity);
                _points.Clear();
                break;
            case EvaluationEntry e:
                Evaluate(e);
                break;
            case LossesEntry e:
                Count(e.Name, null);
                break;
            case VectorEntry e:
                Count(e.Name, null);
                break;
            case ValuesEntry e:
                Count(e.Name, null, e.Values.Length);
                break;
        }
    }

    private void Evaluate(EvaluationEntry entry)
    {
        Evaluations++;
        if (!_points.TryGetValue(entry.Request.Point, out var losses))
        {
            _points.Add(entry.Request.Point, losses = []);
        }

        // Behind the losses may stand a gradient, and it may have been asked for a window whose loss is known.
        var known = losses.Count;
        for (var w = 0; w < entry.Request.NumWindows; w++)
        {
            losses[entry.Request.FirstWindow + w] = entry.Losses[w];
        }

        if (known < _windows && losses.Count == _windows)
        {
            var nll = losses.Values.Sum() / _windows;
            _complete++;
            var isFirst = _stages.TrueForAll(s => s.BestPerplexity is null || s.Name == SearchName(entry));
            Candidates = isFirst ? _complete : Candidates;
            if (nll < _bestNll)
            {
                _bestNll = nll;
                if (isFirst)
                {
                    _best.Add(new SearchBest(_complete, Math.Exp(_bestNll), 0));
                }
            }
        }

        Count(SearchName(entry), Math.Exp(_bestNll));
    }

    private static string SearchName(EvaluationEntry entry) => $"search {entry.Search}";

    private void Count(string name, double? best, int entries = 1)
    {
        if (_stages is [.., var last] && last.Name == name)
        {
            _stages[^1] = new RunStage(name, last.Entries + entries, best);
        }
        else
        {
            _stages.Add(new RunStage(name, entries, best));
        }
    }
}
