using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Evaluation;

/// <summary>Measures methods on one set of windows: every method scores the very same tokens, and all share the bootstrap's resamples.</summary>
public sealed class HeldoutScorer
{
    private readonly Evaluator _evaluator;
    private readonly WindowSet _set;
    private readonly int[] _bytesOfToken;
    private readonly ulong _seed;
    private readonly IMeasurements _measurements;
    private readonly Dictionary<int, Bootstrap> _bootstraps = [];

    /// <summary>Prepares a scorer.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="tokenizer">Tells the bytes of a token.</param>
    /// <param name="set">Windows of the longest length that is measured.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <param name="measurements">Records of the job; null where there are none.</param>
    public HeldoutScorer(Evaluator evaluator, Tokenizer tokenizer, WindowSet set, ulong seed, IMeasurements? measurements = null)
    {
        _measurements = measurements ?? new DirectMeasurements();
        _evaluator = evaluator;
        _set = set;
        _seed = seed;
        _bytesOfToken = [.. Enumerable.Range(0, Math.Max(tokenizer.VocabularySize, evaluator.Model.Shape.VocabularySize))
            .Select(id => id < tokenizer.VocabularySize && !tokenizer.IsSpecial(id) ? tokenizer.DecodeBytes(id).Length : 0)];
    }

    /// <summary>The windows.</summary>
    public WindowSet Set => _set;

    /// <summary>The resamples at a length.</summary>
    public Bootstrap BootstrapAt(int length)
    {
        if (!_bootstraps.TryGetValue(length, out var bootstrap))
        {
            _bootstraps[length] = bootstrap = new Bootstrap(_set.Prefix(length), _seed);
        }

        return bootstrap;
    }

    /// <summary>Runs a method over the first <paramref name="length"/> tokens of each window.</summary>
    public MethodResult Measure(string method, string spec, int length, RopeFrequencies frequencies, CancellationToken cancellationToken) =>
        Result(method, spec, length, _measurements.Losses($"{method} at {length}", _set.Windows.Length, length, (first, count) =>
            _evaluator.Losses([.. _set.Prefix(length).Windows.AsSpan(first, count).ToArray().Select(w => w.Tokens)], frequencies, cancellationToken)));

    /// <summary>The same for a method with a plan.</summary>
    public MethodResult Measure(PositionMethod method, int length, CancellationToken cancellationToken) =>
        Result(method.Name, method.Spec, length, _evaluator.Losses([.. _set.Prefix(length).Windows.Select(w => w.Tokens)], method, cancellationToken));

    /// <summary>Sums up losses that were computed otherwise.</summary>
    public MethodResult Result(string method, string spec, int length, float[][] losses)
    {
        var perplexity = BootstrapAt(length).Measure(losses);
        return new MethodResult(method, spec, length, perplexity, perplexity.Nll * perplexity.Tokens / (Math.Log(2) * BytesAt(length)), losses);
    }

    /// <summary>Bytes of text that the scored tokens of a length stand for.</summary>
    public long BytesAt(int length) => _set.Prefix(length).Windows.Sum(w => w.Tokens.Skip(1).Sum(t => (long)_bytesOfToken[t]));

    /// <summary>Perplexity of each stretch of positions, for drawing.</summary>
    /// <param name="result">Whose losses.</param>
    /// <param name="buckets">Stretches at most.</param>
    public static IReadOnlyList<(int End, double Perplexity)> ByPosition(MethodResult result, int buckets)
    {
        var count = result.Losses[0].Length;
        buckets = Math.Min(buckets, count);
        return [.. Enumerable.Range(0, buckets).Select(b =>
        {
            var (from, to) = ((int)((long)count * b / buckets), (int)((long)count * (b + 1) / buckets));
            return (to + 1, Math.Exp(result.Losses.Average(l => l.AsSpan(from, to - from).ToArray().Average(x => (double)x))));
        })];
    }
}
