using System.Text.Json;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Benchmarks.Training;

/// <summary>Our side of a case: one step after the other on a fixed batch.</summary>
internal sealed class OurTraining : IDisposable
{
    private readonly TrainableModel _model;
    private readonly AdamW _optimizer;
    private readonly SequenceMaker _sequences;
    private readonly RopeFrequencies _frequencies;
    private readonly TrainingSequence[] _batch;
    private readonly int _numSequences;

    public OurTraining(TrainCase c, bool recomputes = false)
    {
        var config = new ModelConfig
        {
            Width = c.Width,
            Layers = c.Layers,
            Heads = c.Heads,
            KeyValueHeads = c.Heads,
            FeedForward = c.FeedForward,
            Vocabulary = c.Vocabulary,
            Window = c.Window,
            EndToken = c.Vocabulary - 1,
        };
        using var json = JsonDocument.Parse(config.ToJson().ToJsonString());
        _model = TrainableModel.Create(json.RootElement, "bench");
        _model.Recomputes = recomputes;
        WeightStart.Fill(_model, 0);
        foreach (var parameter in _model.Parameters)
        {
            parameter.IsTrained = true;
        }

        _optimizer = new AdamW(_model.Parameters, new AdamWSettings());
        _frequencies = _model.Rope.Scaling.At(c.Window);
        var text = new TokenDocument("text", [.. Enumerable.Range(0, (c.Batch + 2) * (c.Window + 1)).Select(t => (int)(t * 7919L % c.Vocabulary))]);
        var settings = new TrainingSettings { Steps = 1, Window = c.Window, Batch = c.Batch, LearningRate = 1e-4 };
        _sequences = new SequenceMaker(settings, new StretchSource([text], null, c.Window, 0), _frequencies, c.Window);
        _numSequences = c.Batch;
        _batch = Sequences();
    }

    /// <summary>Bytes of activations and their gradients at the most.</summary>
    public long ActivationBytes => _model.PeakActivationBytes;

    /// <summary>Bytes of weights: masters, gradients, two packed forms and two moments.</summary>
    public long WeightBytes => 6 * sizeof(float) * _model.Parameters.Sum(p => p.Length);

    /// <summary>Trains a step; gives the loss of it in nats a token.</summary>
    public double Step()
    {
        var targets = _batch.Sum(s => s.Targets.Length);
        var loss = _model.Backward(_batch, 1f / targets);
        var norm = _optimizer.GradientNorm();
        _optimizer.Step(1e-4, norm > 1 ? 1 / norm : 1);
        return loss / targets;
    }

    /// <summary>The same, every part of it on the clock: making the sequences and packing the weights too, which else belongs to the products.</summary>
    public void Step(OperationClock clock)
    {
        var batch = clock.Part("sequences", Sequences);
        clock.Part("pack weights", () => _model.Parameters.Where(p => p.Kind is ParameterKind.Matrix or ParameterKind.Embedding).Sum(p => p.Packed.Rows + p.PackedTransposed.Rows));
        _model.Listener = clock;
        _model.Backward(batch, 1f / batch.Sum(s => s.Targets.Length));
        _model.Listener = null;
        var norm = clock.Part("gradient norm", _optimizer.GradientNorm);
        clock.Part("AdamW", () =>
        {
            _optimizer.Step(1e-4, norm > 1 ? 1 / norm : 1);
            return _optimizer.Steps;
        });
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _sequences.Dispose();
        _model.Dispose();
    }

    private TrainingSequence[] Sequences() => [.. Enumerable.Range(0, _numSequences).Select(i => _sequences.Make(i, _frequencies))];
}
