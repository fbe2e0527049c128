using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>How far a run is, from its entries.</summary>
internal sealed class JournalProgress
{
    private readonly List<RunStage> _stages = [];
    private readonly List<SearchBest> _best = [];
    private readonly Dictionary<SearchPoint, (int Windows, double Sum)> _points = [];
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
        if (entry.Request.WantsGradient)
        {
            // Judges nothing: a point that is to be judged is asked for again, without.
            Count(SearchName(entry), Math.Exp(_bestNll));
            return;
        }

        var (windows, sum) = _points.GetValueOrDefault(entry.Request.Point);
        (windows, sum) = (windows + entry.Losses.Length, sum + entry.Losses.Sum());
        _points[entry.Request.Point] = (windows, sum);
        if (windows == _windows)
        {
            _complete++;
            var isFirst = _stages.TrueForAll(s => s.BestPerplexity is null || s.Name == SearchName(entry));
            Candidates = isFirst ? _complete : Candidates;
            if (sum / windows < _bestNll)
            {
                _bestNll = sum / windows;
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
