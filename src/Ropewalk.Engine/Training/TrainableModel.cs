using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Training;

/// <summary>A network whose weights can be trained: the loss of a batch, and its gradient in every parameter and in the rotary encoding.
/// The result is the same to the last bit for any number of threads, and with or without recomputation.</summary>
public sealed partial class TrainableModel : IDisposable
{
    private readonly NetworkSpec _spec;
    private readonly TrainedWeights _weights;
    private readonly TrainedLayer[] _layers;
    private readonly TrainedNorm? _finalNorm;
    private readonly LocalRotary? _local;
    private readonly BufferPool _pool = new();
    private readonly ModelAdapters _adapters;

    private TrainableModel(Architecture architecture, NetworkSpec spec)
    {
        _spec = spec;
        Architecture = architecture.ModelType;
        _weights = new TrainedWeights(architecture, spec);
        _finalNorm = Norm(TensorRole.FinalNorm, 0);
        _layers = [.. Enumerable.Range(0, spec.Shape.NumLayers).Select(Layer)];
        _adapters = new ModelAdapters(_weights, _layers);
        _local = spec.LocalRope is { } local ? new LocalRotary(local.Scaling) : null;
    }

    /// <summary>The config's model_type.</summary>
    public string Architecture { get; }

    /// <summary>Sizes.</summary>
    public ModelShape Shape => _spec.Shape;

    /// <summary>Rotary encoding as the config has it: of the layers with full attention.</summary>
    public RopeConfig Rope => _spec.Rope;

    /// <summary>Weights, norms and biases, and the adapters' products after them.</summary>
    public IEnumerable<Parameter> Parameters => _weights.All.Concat(_adapters.Parameters);

    /// <summary>Whether the layers are computed again on the way back instead of being kept: memory for one layer and a row of D numbers
    /// a token and layer, for a third more time.</summary>
    public bool Recomputes { get; set; }

    /// <summary>The most that activations and their gradients have taken.</summary>
    public long PeakActivationBytes => _pool.PeakBytes;

    /// <summary>Hears of each operation's end, or null.</summary>
    internal ITapeListener? Listener { get; set; }

    /// <summary>Allocates a network whose weights are zero but for the scales of its norms, which are as if there were none.</summary>
    /// <param name="config">The root object of config.json.</param>
    /// <param name="file">For errors.</param>
    /// <exception cref="CheckpointFormatException">A key is missing, out of range, or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not run here.</exception>
    public static TrainableModel Create(JsonElement config, string file) => Create(ModelLoader.ArchitectureOf(config, file), config, file);

    private static TrainableModel Create(Architecture architecture, JsonElement config, string file)
    {
        var model = new TrainableModel(architecture, architecture.Read(config, file));
        foreach (var scale in model.Parameters.Where(p => p.Kind == ParameterKind.Scale))
        {
            scale.RowSpan(0, 1).Fill(1 - model._spec.NormOffset);
        }

        return model;
    }

    /// <summary>Loads an opened checkpoint, of any stored types, which the caller goes on owning.</summary>
    /// <exception cref="CheckpointFormatException">Tensors are missing, have another shape, or hold numbers that are not finite.</exception>
    public static TrainableModel Load(Checkpoint checkpoint) => Load(checkpoint, ModelLoader.ArchitectureOf(checkpoint));

    private static TrainableModel Load(Checkpoint checkpoint, Architecture architecture)
    {
        var model = new TrainableModel(architecture, architecture.Read(checkpoint.Config, checkpoint.ConfigPath));
        try
        {
            model._weights.Load(checkpoint);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The sum of the losses of a batch's targets, in nats.</summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    /// <exception cref="ArgumentException">A sequence does not fit its tables, or the sequences' tables do not fit each other.</exception>
    public double Loss(IReadOnlyList<TrainingSequence> batch, CancellationToken cancellationToken = default) => Run(batch, 0, null, cancellationToken);

    /// <summary>The same, and its gradient times a factor is added to every parameter that is trained.</summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="scale">The factor: 1 / targets for the gradient of their mean; not 0.</param>
    /// <param name="rotary">Gets the gradient of the encoding added; null where that is not wanted.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    /// <returns>Nats, not multiplied.</returns>
    /// <exception cref="ArgumentException">A sequence does not fit its tables, or the sequences' tables do not fit each other.</exception>
    public double Backward(IReadOnlyList<TrainingSequence> batch, float scale, RotaryGradient? rotary = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(scale);
        return Run(batch, scale, rotary, cancellationToken);
    }

    /// <summary>Gives products an adapter each: A zero-mean random numbers, B zero, so that nothing has changed yet.</summary>
    /// <param name="settings">Which, and how wide.</param>
    /// <param name="fill">Fills A's numbers, standard deviation 1.</param>
    /// <exception cref="UserInputException">A target is no product of this model.</exception>
    public void AddAdapters(AdapterSettings settings, Action<Parameter> fill) => _adapters.Add(settings, fill);

    /// <summary>The adapters' products, in PEFT's names: base_model.model.NAME.lora_A.weight and lora_B.weight.</summary>
    public IReadOnlyList<TensorSource> AdapterTensors() => [.. _adapters.Tensors()];

    /// <summary>The tensors of a checkpoint, adapters merged.</summary>
    /// <param name="type">F32 or BF16.</param>
    public IReadOnlyList<TensorSource> Tensors(StoredType type) => [.. _weights.Tensors(type, _adapters.Merge)];

    /// <inheritdoc />
    public void Dispose()
    {
        _weights.Dispose();
        _local?.Dispose();
        _pool.Dispose();
        _adapters.Dispose();
    }

    private double Run(IReadOnlyList<TrainingSequence> batch, float scale, RotaryGradient? rotary, CancellationToken cancellationToken)
    {
        Check(batch);
        var longest = batch.Max(s => s.Tokens.Length);
        using var rows = new BatchRows(batch, _local?.Table(longest));
        return Run(rows, scale != 0, (tape, x) => CrossEntropyOp.Forward(tape, Normed(tape, x), Head, rows.Targets, scale), rotary, cancellationToken);
    }

    /// <summary>There, and back where gradients are wanted.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="isRecording">Whether gradients are wanted.</param>
    /// <param name="end">What comes after the last layer; sets the gradient where one is wanted.</param>
    /// <param name="rotary">Gets the gradient of the encoding, or null.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    private double Run(BatchRows rows, bool isRecording, Func<Tape, Node, double> end, RotaryGradient? rotary, CancellationToken cancellationToken)
    {
        try
        {
            return isRecording && Recomputes ? Twice(rows, end, rotary, cancellationToken) : Once(rows, isRecording, end, rotary, cancellationToken);
        }
        finally
        {
            _pool.EndStep();
        }
    }

    private Node Normed(Tape tape, Node x) => _finalNorm is null ? x : NormOp.Forward(tape, x, _finalNorm);

    /// <summary>One way there and one back.</summary>
    private double Once(BatchRows rows, bool isRecording, Func<Tape, Node, double> end, RotaryGradient? rotary, CancellationToken cancellationToken)
    {
        var tape = new Tape(_pool, isRecording, Listener);
        try
        {
            var x = Embed(tape, rows);
            foreach (var layer in _layers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                x = layer.Forward(tape, x, rows, _spec, rotary);
                if (!tape.IsRecording)
                {
                    tape.Clear(kept: x);
                }
            }

            var loss = end(tape, x);
            cancellationToken.ThrowIfCancellationRequested();
            tape.Backward();
            return loss;
        }
        finally
        {
            tape.Clear();
        }
    }

    /// <summary>The way there keeps each layer's input alone; on the way back each layer is computed again.</summary>
    private double Twice(BatchRows rows, Func<Tape, Node, double> end, RotaryGradient? rotary, CancellationToken cancellationToken)
    {
        var first = new Tape(_pool, isRecording: true, Listener);
        var once = new Tape(_pool, isRecording: false, Listener);
        var inputs = new List<Node> { Embed(first, rows) };
        var again = new Tape(_pool, isRecording: true, Listener);
        try
        {
            foreach (var layer in _layers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var x = layer.Forward(once, inputs[^1], rows, _spec, rotary);
                inputs.Add(new Node(x.NumRows, x.Width, x.Buffer!, needsGradient: true));
                x.Buffer = null;
                once.Clear();
            }

            var loss = end(again, inputs[^1]);
            again.Backward();
            for (var layer = _layers.Length - 1; layer >= 0; layer--)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var output = inputs[layer + 1];
                var x = _layers[layer].Forward(again, inputs[layer], rows, _spec, rotary);
                (x.Gradient, output.Gradient) = (output.Gradient, null);
                again.Free(output);
                again.Backward();
            }

            first.Backward();
            return loss;
        }
        finally
        {
            again.Clear();
            once.Clear();
            inputs.ForEach(again.Free);
            first.Clear();
        }
    }

    private Parameter Head => _weights.Find(TensorRole.Head) ?? _weights.Find(TensorRole.Embedding)!;

    private Node Embed(Tape tape, BatchRows rows)
    {
        var x = EmbedOp.Forward(tape, _weights.Find(TensorRole.Embedding)!, rows.Tokens, _spec.EmbeddingScale);
        return _spec.Encoder is null ? x : EmbedPlaces(tape, x, rows);
    }

    private TrainedLayer Layer(int index) => new()
    {
        AttentionNorm = Norm(TensorRole.AttentionNorm, index),
        AttentionSumNorm = Norm(TensorRole.AttentionSumNorm, index),
        AttentionPostNorm = Norm(TensorRole.AttentionPostNorm, index),
        FeedForwardNorm = Norm(TensorRole.FeedForwardNorm, index),
        FeedForwardSumNorm = Norm(TensorRole.FeedForwardSumNorm, index),
        FeedForwardPostNorm = Norm(TensorRole.FeedForwardPostNorm, index),
        QueryNorm = Norm(TensorRole.QueryNorm, index),
        KeyNorm = Norm(TensorRole.KeyNorm, index),
        Linears = ((TensorRole[])[TensorRole.Query, TensorRole.Key, TensorRole.Value, TensorRole.AttentionOutput, TensorRole.Gate, TensorRole.Up, TensorRole.Down])
            .Where(role => _weights.Find(role, index) is not null)
            .ToDictionary(role => role, role => new TrainedLinear(_weights.Find(role, index)!, _weights.Find(role, index, isBias: true))),
        Window = _spec.Windows[index],
    };

    private TrainedNorm? Norm(TensorRole role, int layer) =>
        _weights.Find(role, layer) is { } weight ? new TrainedNorm(weight, _weights.Find(role, layer, isBias: true), _spec.UsesLayerNorm, _spec.Epsilon, _spec.NormOffset) : null;

    private void Check(IReadOnlyList<TrainingSequence> batch)
    {
        if (batch.Count == 0)
        {
            throw new ArgumentException("no sequence, expected at least one", nameof(batch));
        }

        var layout = batch[0].Rotary;
        foreach (var (tokens, targets, rotary, starts) in batch.Select(s => (s.Tokens, s.Targets, s.Rotary, s.DocumentStarts)))
        {
            if (tokens.Length == 0 || targets.Length != tokens.Length || (starts is not null && starts.Length != tokens.Length) || rotary.Length < tokens.Length)
            {
                throw new ArgumentException($"{tokens.Length} tokens with {targets.Length} targets and {rotary.Length} positions, expected at least one token, a target for each, and no fewer positions", nameof(batch));
            }

            if (rotary.NumPairs != layout.NumPairs || 2 * rotary.NumPairs > Shape.HeadWidth || rotary.NumKeySets != layout.NumKeySets || rotary.Bands.Length != layout.Bands.Length)
            {
                throw new ArgumentException("tables of another number of pairs, bands or sets of keys, expected the same for all sequences", nameof(batch));
            }

            foreach (var id in tokens.Concat(targets.Where(t => t != CrossEntropyOp.NoTarget)))
            {
                ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(batch));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Shape.VocabularySize, nameof(batch));
            }
        }
    }
}
