using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Engine.Training;

/// <content>What embedders need: encoders, and the rows of any network before its head.</content>
public sealed partial class TrainableModel
{
    /// <summary>Whether tokens see the whole text, so that there are rows and no logits.</summary>
    public bool IsEncoder => _spec.Encoder is not null;

    /// <summary>The table of learned positions; null where positions are rotary.</summary>
    public Parameter? PositionTable => _weights.Find(TensorRole.PositionEmbedding);

    /// <summary>Row of <see cref="PositionTable"/> that the first position reads.</summary>
    public int FirstPositionRow => _spec.Encoder?.FirstPosition ?? 0;

    /// <summary>The network.</summary>
    internal NetworkSpec Spec => _spec;

    /// <summary>Allocates an encoder whose weights are zero but for the scales of its norms.</summary>
    /// <param name="config">The root object of config.json.</param>
    /// <param name="file">For errors.</param>
    /// <exception cref="CheckpointFormatException">A key is missing, out of range, or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not run here.</exception>
    public static TrainableModel CreateEncoder(JsonElement config, string file) => Create(ModelLoader.AnyArchitectureOf(config, file), config, file);

    /// <summary>Loads an opened checkpoint of an embedder: an encoder, or a decoder, whose head is left out.</summary>
    /// <exception cref="CheckpointFormatException">Tensors are missing, have another shape, or hold numbers that are not finite.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not run here.</exception>
    public static TrainableModel LoadEmbedder(Checkpoint checkpoint)
    {
        var architecture = ModelLoader.AnyArchitectureOf(checkpoint);
        using var seen = new EmbedderCheckpoint(checkpoint, architecture);
        return Load(seen, architecture);
    }

    /// <summary>Rows after the last norm.</summary>
    /// <param name="batch">At least one sequence; targets are not read.</param>
    /// <param name="isRecording">Whether <paramref name="end"/> sets a gradient that is to be walked back.</param>
    /// <param name="end">Takes the rows of all sequences.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    internal void Hidden(IReadOnlyList<TrainingSequence> batch, bool isRecording, Action<Tape, Node> end, CancellationToken cancellationToken)
    {
        using var rows = new BatchRows(batch, IsEncoder ? null : _local?.Table(batch.Max(s => s.Tokens.Length)));
        _ = Run(
            rows, isRecording, (tape, x) =>
            {
                end(tape, Normed(tape, x));
                return 0;
            }, null, cancellationToken);
    }

    /// <summary>Adds what an encoder adds to the tokens' rows, and norms the sum.</summary>
    private Node EmbedPlaces(Tape tape, Node x, BatchRows rows)
    {
        if (_weights.Find(TensorRole.TokenTypeEmbedding) is { } types)
        {
            x = AddOp.Forward(tape, x, EmbedOp.Forward(tape, types, new int[rows.Tokens.Length], 1));
        }

        if (PositionTable is { } table)
        {
            x = AddOp.Forward(tape, x, EmbedOp.Forward(tape, table, rows.PositionRows, 1));
        }

        return NormOp.Forward(tape, x, Norm(TensorRole.EmbeddingNorm, 0)!);
    }
}
