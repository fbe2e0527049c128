using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Progressive;

/// <summary>What every stage of every road uses: the texts, the records, and the measurements on held-out text.</summary>
internal sealed class RoadTools
{
    private readonly JobModel _model;
    private readonly Bootstrap _shortBootstrap;
    private long _tokens;

    /// <summary>Gathers them.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="records">The job's.</param>
    /// <param name="model">The model before all stages.</param>
    /// <param name="texts">Texts.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="stop">Ends it between chunks.</param>
    public RoadTools(ProgressiveOptions options, RunFolder records, JobModel model, JobTexts texts, IJobReporter reporter, CancellationToken stop)
    {
        (Options, Records, _model, Texts, Reporter, Stop) = (options, records, model, texts, reporter, stop);
        Lengths = [.. Baselines.Lengths(model.Original, options.Longest).Concat(options.Tuned).Distinct().Order()];
        HeldoutShort = texts.Heldout.Cut(model.Original, model.Tokenizer.AddsBos);
        SearchShort = SearchAt(model.Original);
        _shortBootstrap = new Bootstrap(HeldoutShort, options.Seed);
    }

    /// <summary>What is asked.</summary>
    public ProgressiveOptions Options { get; }

    /// <summary>The job's records.</summary>
    public RunFolder Records { get; }

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer => _model.Tokenizer;

    /// <summary>The texts.</summary>
    public JobTexts Texts { get; }

    /// <summary>The encoding as trained.</summary>
    public RopeGeometry Geometry => _model.Geometry;

    /// <summary>Hears how it goes.</summary>
    public IJobReporter Reporter { get; }

    /// <summary>Ends it between chunks.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Lengths that are measured: L, 2 L, 4 L, ..., every stage's, the longest.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The held-out text in windows of L.</summary>
    public WindowSet HeldoutShort { get; }

    /// <summary>Search windows of L.</summary>
    public WindowSet SearchShort { get; }

    /// <summary>The clock of the measurements.</summary>
    public JobClock? Clock { get; set; }

    /// <summary>Tokens through models now.</summary>
    public long Tokens => Interlocked.Read(ref _tokens);

    /// <summary>Search windows of a length, out of the longest ones.</summary>
    public WindowSet SearchAt(int length) => Texts.Search.Cut(length, Tokenizer.AddsBos, Options.Windows);

    /// <summary>Names what is done now.</summary>
    public void Stage(string name)
    {
        if (Clock is { } clock)
        {
            clock.Stage = name;
        }

        Records.Telemetry("stage", new { name, tokens = Records.Tokens });
    }

    /// <summary>Runs a model, and counts.</summary>
    public Evaluator Evaluator(LanguageModel model) => new(model)
    {
        WindowDone = tokens =>
        {
            Interlocked.Add(ref _tokens, tokens);
            Clock?.WindowDone(tokens);
        },
    };

    /// <summary>Measures an encoding at lengths: at L on the whole held-out text, beyond on the beginning of each window.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="method">Name in tables.</param>
    /// <param name="name">Name in the records.</param>
    /// <param name="lengths">Lengths.</param>
    /// <param name="scaling">The encoding for a length.</param>
    public IReadOnlyList<MethodResult> Measure(Evaluator evaluator, string method, string name, IEnumerable<int> lengths, Func<int, RopeScaling> scaling)
    {
        var (longer, shorter) = (Scorer(evaluator, Texts.Heldout), Scorer(evaluator, HeldoutShort));
        return
        [
            .. lengths.Select(n =>
            {
                Stage($"{name} at {Display.Length(n)}");
                var rule = scaling(n);
                var scorer = n == Geometry.OriginalContext ? shorter : longer;
                return scorer.Measure(name, rule.Spec, n, rule.At(n), Stop) with { Method = method };
            }),
        ];
    }

    /// <summary>The model that slides its window over the longest windows; the shorter ones are their beginnings.</summary>
    public IReadOnlyList<MethodResult> Sliding(Evaluator evaluator, string method)
    {
        var (set, original) = (Texts.Heldout, Geometry.OriginalContext);
        var stride = Options.WindowStride ?? Math.Max(1, original / 16);
        Stage("sliding the old window");
        var losses = Records.Losses(method, set.Windows.Length, SlidingWindow.Cost(set, original, stride) / set.Windows.Length, (first, count) =>
            SlidingWindow.Losses(evaluator, set with { Windows = set.Windows.Slice(first, count) }, original, stride, Tokenizer.AddsBos, new NoScaling(Geometry).At(original), Stop));
        var scorer = Scorer(evaluator, set);
        return [.. Lengths.Where(n => n > original).Select(n => scorer.Result(method, $"the last {original} tokens, stride {stride}", n, [.. losses.Select(l => l[..(n - 1)])]))];
    }

    /// <summary>The interval of losses at L.</summary>
    public Perplexity AtOriginal(float[][] losses) => _shortBootstrap.Measure(losses);

    /// <summary>The resamples at a length.</summary>
    public Bootstrap BootstrapAt(int length) => length == Geometry.OriginalContext ? _shortBootstrap : new Bootstrap(Texts.Heldout.Prefix(length), Options.Seed);

    /// <summary>A tuning of this job.</summary>
    /// <param name="source">Folder of the weights.</param>
    /// <param name="scaling">The encoding.</param>
    /// <param name="length">The window.</param>
    /// <param name="tokens">Tokens.</param>
    public ModelTuning Tuning(string source, RopeScaling scaling, int length, long tokens) => ModelTuning.Of(Options, _model, Texts, length, tokens, scaling, source);

    /// <summary>Makes a tuned model, or finds that it was made; what was recorded of it must be what is there.</summary>
    /// <param name="name">Its folder inside the output.</param>
    /// <param name="tuning">What to do.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="make">Does it otherwise; null to do it here.</param>
    /// <returns>The model's folder.</returns>
    public string Tuned(string name, ModelTuning tuning, long tokens, Func<string, string>? make = null)
    {
        var folder = Path.Combine(Options.Out, name);
        string Make() => make?.Invoke(folder) ?? tuning.Run(folder, new NamedReporter(Reporter, name), Stop);
        Stage($"{name}: tuning");
        var recorded = Records.Values($"tuned {name}", [tokens], tokens, _ => ModelFingerprint.Numbers(Make()));
        var model = make is null || !ModelTuning.IsDone(folder) ? Make() : ModelTuning.ModelOf(folder);
        ModelFingerprint.Require(model, recorded);
        return model;
    }

    private HeldoutScorer Scorer(Evaluator evaluator, WindowSet set) => new(evaluator, Tokenizer, set, Options.Seed, Records);
}
