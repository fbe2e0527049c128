using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Comparison;

/// <summary>Measures pieces of a comparison, and puts them together.</summary>
public sealed class CompareMeasurer
{
    private readonly Evaluator _evaluator;
    private readonly CompareMethods _methods;
    private readonly IReadOnlyList<int> _lengths;
    private readonly HeldoutScorer _scorer;
    private readonly HeldoutScorer _shortScorer;
    private readonly PositionStretches _positions;
    private readonly bool _hasBegin;
    private readonly int _stride;
    private readonly Dictionary<(string Method, int Length, int First), ComparedChunk> _chunks = [];

    /// <summary>Prepares the windows.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="methods">What is measured.</param>
    /// <param name="lengths">L, 2 L, ... N.</param>
    /// <param name="heldout">Windows of N tokens.</param>
    /// <param name="run">What is asked.</param>
    public CompareMeasurer(Evaluator evaluator, Engine.Tokenization.Tokenizer tokenizer, CompareMethods methods, IReadOnlyList<int> lengths, WindowSet heldout, CompareRun run)
    {
        _evaluator = evaluator;
        _methods = methods;
        _lengths = lengths;
        _hasBegin = tokenizer.AddsBos;
        _stride = run.WindowStride;
        _scorer = new HeldoutScorer(evaluator, tokenizer, heldout, run.Seed);
        _shortScorer = new HeldoutScorer(evaluator, tokenizer, heldout.Cut(Original, _hasBegin), run.Seed);
        _positions = new PositionStretches(heldout, run.Seed);
    }

    private int Original => _evaluator.Model.Rope.Geometry.OriginalContext;

    /// <summary>Whether a piece is among those that were added.</summary>
    public bool Has(CompareStep step) => Keys(step).All(_chunks.ContainsKey);

    /// <summary>Takes a measured piece; false where it does not fit the windows.</summary>
    public bool Add(ComparedChunk chunk)
    {
        if (!_lengths.Contains(chunk.Length))
        {
            return false;
        }

        var parts = Scorer(chunk.Length).BootstrapAt(chunk.Length).NumParts;
        var isLongest = chunk.Length == _lengths[^1];
        var fits = Array.TrueForAll(chunk.Parts, p => p.Length == parts)
            && isLongest == chunk.Positions is not null
            && (chunk.Positions is null || (chunk.Positions.Length == chunk.Parts.Length && Array.TrueForAll(chunk.Positions, p => p.Length == _positions.NumParts)));
        return fits && _chunks.TryAdd((chunk.Method, chunk.Length, chunk.First), chunk);
    }

    /// <summary>Runs a piece.</summary>
    /// <param name="step">The piece.</param>
    /// <param name="stop">Stops between chunks of tokens.</param>
    /// <returns>A chunk; for the sliding window one for each length.</returns>
    public IReadOnlyList<ComparedChunk> Measure(CompareStep step, CancellationToken stop)
    {
        var set = Scorer(step.Length).Set.Prefix(step.Length);
        set = set with { Windows = set.Windows.Slice(step.First, step.Count) };
        if (step.Family is { } family)
        {
            var losses = _evaluator.Losses([.. set.Windows.Select(w => w.Tokens)], _methods.At(family, step.Length), stop);
            return [Chunk(step.Method, step.Length, step.First, losses)];
        }

        // Each token is predicted from the same last L tokens whatever the window's length, so a shorter window is a prefix.
        var none = _methods.At(_methods.Families[0], Original);
        var slid = SlidingWindow.Losses(_evaluator, set, Original, _stride, _hasBegin, none.At(Original), stop);
        return [.. _lengths.Where(n => n > Original).Select(n => Chunk(MethodList.Window, n, step.First, [.. slid.Select(l => l[..(n - 1)])]))];
    }

    /// <summary>The results of a length.</summary>
    /// <param name="length">n.</param>
    /// <param name="steps">All pieces.</param>
    public LengthResult Result(int length, IReadOnlyList<CompareStep> steps)
    {
        var scorer = Scorer(length);
        var bootstrap = scorer.BootstrapAt(length);
        var bytes = scorer.BytesAt(length);
        var cells = new List<ComparedCell>();
        foreach (var family in _methods.Families.Where(f => _methods.IsMeasured(f, length)))
        {
            var parts = Parts(family.Name, length, steps);
            cells.Add(new ComparedCell(family.Name, _methods.At(family, length).Spec, length, bytes, bootstrap.Units(parts)));
        }

        // At L there is nothing to slide: the window is the model as it is.
        cells.Add(new ComparedCell(
            MethodList.Window,
            $"the last {Original} tokens, stride {_stride}",
            length,
            bytes,
            length == Original ? cells[0].UnitNll : bootstrap.Units(Parts(MethodList.Window, length, steps))));
        return LengthResult.Rank(cells, bootstrap, scorer.Set.Windows.Length);
    }

    /// <summary>Perplexity by position at N.</summary>
    /// <param name="steps">All pieces.</param>
    public IReadOnlyList<PositionCurve> ByPosition(IReadOnlyList<CompareStep> steps) => _positions.Measure(
        [.. steps.Where(s => s.Length == _lengths[^1]).Select(s => s.Method).Distinct(StringComparer.Ordinal).Select(method => (method, PositionParts(method, steps)))]);

    private IReadOnlyList<double[]> PositionParts(string method, IReadOnlyList<CompareStep> steps) =>
        [.. ChunksOf(method, _lengths[^1], steps).SelectMany(c => c.Positions!)];

    private List<double[]> Parts(string method, int length, IReadOnlyList<CompareStep> steps) => [.. ChunksOf(method, length, steps).SelectMany(c => c.Parts)];

    private IEnumerable<ComparedChunk> ChunksOf(string method, int length, IReadOnlyList<CompareStep> steps) => steps
        .Where(s => s.Method == method && (s.Family is null || s.Length == length))
        .Select(s => _chunks[(method, length, s.First)]);

    private IEnumerable<(string Method, int Length, int First)> Keys(CompareStep step) => step.Family is null
        ? _lengths.Where(n => n > Original).Select(n => (MethodList.Window, n, step.First))
        : [(step.Method, step.Length, step.First)];

    private HeldoutScorer Scorer(int length) => length == Original ? _shortScorer : _scorer;

    private ComparedChunk Chunk(string method, int length, int first, float[][] losses)
    {
        var bootstrap = Scorer(length).BootstrapAt(length);
        return new ComparedChunk(
            method, length, first, [.. losses.Select(l => bootstrap.Parts(l))], length == _lengths[^1] ? [.. losses.Select(_positions.Parts)] : null);
    }
}
