using System.Diagnostics;
using System.Security.Cryptography;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Training;

/// <summary>Trains a model step by step, and keeps a checkpoint from which a killed run goes on to the same bits.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly TrainingSettings _settings;
    private readonly ITrainingStep _step;
    private readonly Parameter[] _trained;
    private readonly AdamW _optimizer;
    private readonly LossWatch _watch = new();
    private readonly string _folder;
    private readonly string _identity;
    private readonly List<double> _losses = [];
    private readonly List<double> _norms = [];

    /// <summary>Prepares a run.</summary>
    /// <param name="model">The model; its trained parameters move.</param>
    /// <param name="settings">The run.</param>
    /// <param name="stream">The texts.</param>
    /// <param name="positions">The encoding.</param>
    /// <param name="folder">Where the checkpoint is kept; exists.</param>
    /// <param name="inputs">What else the run's numbers depend on, in a line: model and texts.</param>
    /// <param name="recall">Makes recall texts; null where the settings have no share of them.</param>
    public TrainingRun(TrainableModel model, TrainingSettings settings, StretchSource stream, TrainedPositions positions, string folder, string inputs, RecallSource? recall = null)
        : this(
            [.. model.Parameters.Where(p => p.IsTrained), .. positions.Parameters],
            settings,
            new LanguageStep(model, settings, positions, new SequenceMaker(settings, stream, model.Rope.Scaling.At(model.Rope.Geometry.OriginalContext), model.Rope.Geometry.OriginalContext, recall)),
            folder,
            inputs)
    {
    }

    /// <summary>Prepares a run of any kind.</summary>
    /// <param name="trained">Parameters that move, in an order that is kept.</param>
    /// <param name="settings">The run.</param>
    /// <param name="step">Computes gradients; disposed of with the run.</param>
    /// <param name="folder">Where the checkpoint is kept; exists.</param>
    /// <param name="inputs">What else the run's numbers depend on, in lines.</param>
    public TrainingRun(IEnumerable<Parameter> trained, TrainingSettings settings, ITrainingStep step, string folder, string inputs)
    {
        _settings = settings;
        _step = step;
        _folder = folder;
        _identity = $"{inputs}\n{ResultJson.Serialize(settings)}";
        _trained = [.. trained];
        _optimizer = new AdamW(_trained, settings.Optimizer);
    }

    /// <summary>Loss of each step in nats a token, or a query.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>Length of each step's gradient before it was clipped.</summary>
    public IReadOnlyList<double> Norms => _norms;

    /// <summary>Steps between two checkpoints.</summary>
    public int SaveEvery { get; init; } = 100;

    /// <summary>Whether a checkpoint is there.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, TrainingCheckpoint.Name));

    /// <summary>SHA-256 of token documents, lower-case hex.</summary>
    public static string Hash(IEnumerable<Data.TokenDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var document in documents)
        {
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(document.Tokens.AsSpan()));
            hash.AppendData([0xFF]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Goes on where the checkpoint ends.</summary>
    /// <exception cref="CheckpointFormatException">The checkpoint is damaged, or of another model or run.</exception>
    public void Resume()
    {
        var (losses, norms) = TrainingCheckpoint.Read(_folder, _identity, _trained, _optimizer);
        _losses.AddRange(losses);
        _norms.AddRange(norms);
        losses.ForEach(loss => _watch.Diverges(loss));
    }

    /// <summary>Trains to the last step.</summary>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="stop">Ends it after the step at work, with a checkpoint.</param>
    /// <exception cref="TrainingDivergedException">The loss ran away; the last good checkpoint is kept.</exception>
    /// <exception cref="StorageException">A checkpoint could not be written; the last one is as it was.</exception>
    public void Run(IJobReporter reporter, CancellationToken stop)
    {
        var (start, first, saved) = (Stopwatch.GetTimestamp(), _losses.Count, _losses.Count);
        var rates = _settings.Rates;
        while (_losses.Count < _settings.Steps)
        {
            if (stop.IsCancellationRequested)
            {
                Save(ref saved);
                reporter.Line($"stopped after step {_losses.Count} of {_settings.Steps}; --resume goes on");
                stop.ThrowIfCancellationRequested();
            }

            var loss = _step.Backward(_losses.Count);
            var norm = _optimizer.GradientNorm();
            if (_watch.Diverges(loss) || !double.IsFinite(norm))
            {
                throw new TrainingDivergedException(
                    $"--learning-rate: found {_settings.LearningRate}, under which the loss ran away at step {_losses.Count + 1} ({(double.IsFinite(loss) ? $"from {_watch.Lowest:F4} to {_watch.Mean:F4}" : "it is no number")}), expected a lower one; {(saved > 0 ? $"the checkpoint of step {saved} is kept" : "nothing was kept yet")}");
            }

            _optimizer.Step(rates.At(_losses.Count), _settings.Clip > 0 && norm > _settings.Clip ? _settings.Clip / norm : 1);
            _losses.Add(loss);
            _norms.Add(norm);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var done = _losses.Count - first;
            reporter.Live(new JobProgress(
                $"step {_losses.Count}/{_settings.Steps}, loss {_watch.Mean:F4}", (double)_losses.Count / _settings.Steps, done * _step.TokensOfStep / Math.Max(1e-3, elapsed), TimeSpan.FromSeconds(Math.Min(1e8, elapsed / done * (_settings.Steps - _losses.Count)))));
            if ((_losses.Count % SaveEvery == 0 && _watch.IsGood) || _losses.Count == _settings.Steps)
            {
                Save(ref saved);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _optimizer.Dispose();
        _step.Dispose();
    }

    private void Save(ref int saved)
    {
        if (saved < _losses.Count)
        {
            TrainingCheckpoint.Write(_folder, _identity, _trained, _optimizer, _losses, _norms);
            saved = _losses.Count;
        }
    }
}
