using System.Diagnostics;
using System.Security.Cryptography;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Training;

/// <summary>Trains a model step by step, and keeps a checkpoint from which a killed run goes on to the same bits.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly TrainableModel _model;
    private readonly TrainingSettings _settings;
    private readonly SequenceMaker _sequences;
    private readonly TrainedPositions _positions;
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
    {
        _model = model;
        _settings = settings;
        _positions = positions;
        _folder = folder;
        _identity = $"{inputs}\n{ResultJson.Serialize(settings)}";
        _trained = [.. model.Parameters.Where(p => p.IsTrained), .. positions.Parameters];
        _optimizer = new AdamW(_trained, settings.Optimizer);
        _sequences = new SequenceMaker(settings, stream, model.Rope.Scaling.At(model.Rope.Geometry.OriginalContext), model.Rope.Geometry.OriginalContext, recall);
    }

    /// <summary>Loss of each step in nats a token.</summary>
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

            var (loss, norm) = Gradient();
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
                $"step {_losses.Count}/{_settings.Steps}, loss {_watch.Mean:F4}", (double)_losses.Count / _settings.Steps, done * _settings.TokensOfStep / Math.Max(1e-3, elapsed), TimeSpan.FromSeconds(Math.Min(1e8, elapsed / done * (_settings.Steps - _losses.Count)))));
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
        _sequences.Dispose();
    }

    /// <summary>Loss and gradient of the next step.</summary>
    private (double Loss, double Norm) Gradient()
    {
        var frequencies = _positions.Frequencies;
        var number = (long)_losses.Count * _settings.SequencesOfStep;
        TrainingSequence[] sequences = [.. Enumerable.Range(0, _settings.SequencesOfStep).Select(i => _sequences.Make(number + i, frequencies))];
        var targets = sequences.Sum(s => (long)s.Targets.Count(t => t >= 0));
        var sum = 0d;
        foreach (var batch in sequences.Chunk(_settings.Batch))
        {
            // Only whole steps count, so a stop waits for the end of one.
            sum += _model.Backward(batch, 1f / targets, _positions.Gradient, CancellationToken.None);
        }

        _sequences.EndStep();
        _positions.PassGradient(frequencies);
        return (sum / targets, _optimizer.GradientNorm());
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
