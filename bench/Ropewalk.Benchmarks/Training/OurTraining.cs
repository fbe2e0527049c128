using System.Text.Json;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Training;

namespace Ropewalk.Benchmarks.Training;

/// <summary>Our side of a case: one step after the other on a fixed batch.</summary>
internal sealed class OurTraining : IDisposable
{
    private readonly TrainableModel _model;
    private readonly AdamW _optimizer;
    private readonly RotaryTable _rotary;
    private readonly TrainingSequence[] _batch;

    public OurTraining(TrainCase c)
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
        WeightStart.Fill(_model, 0);
        foreach (var parameter in _model.Parameters)
        {
            parameter.IsTrained = true;
        }

        _optimizer = new AdamW(_model.Parameters, new AdamWSettings());
        _rotary = new RotaryTable(_model.Rope.Scaling.At(c.Window), c.Window);
        _batch = [.. Enumerable.Range(0, c.Batch).Select(b =>
        {
            int Token(int t) => (int)(((b * (c.Window + 1L)) + t) * 7919 % c.Vocabulary);
            return new TrainingSequence([.. Enumerable.Range(0, c.Window).Select(Token)], [.. Enumerable.Range(1, c.Window).Select(Token)], _rotary);
        })];
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

    public void Dispose()
    {
        _optimizer.Dispose();
        _rotary.Dispose();
        _model.Dispose();
    }
}
