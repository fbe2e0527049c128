namespace Ropewalk.Engine.Models;

/// <summary>The rows of one forward pass: those of its sequences, one after the other. Projections and feed-forward networks take rows of
/// whatever sequence; rotation and attention take each sequence's.</summary>
/// <param name="Spec">The network.</param>
/// <param name="Sequences">At least one.</param>
/// <param name="NumRows">Rows of all.</param>
/// <param name="HiddenTD">Their hidden rows.</param>
/// <param name="CancellationToken">Looked at before each chunk.</param>
internal readonly unsafe record struct ForwardPass(NetworkSpec Spec, Sequence[] Sequences, int NumRows, nint HiddenTD, CancellationToken CancellationToken)
{
    /// <summary>Whether sinks take the rows before the head instead of logits.</summary>
    public bool WantsHidden { get; init; }

    /// <summary>A hidden row.</summary>
    public float* Hidden(int row) => (float*)HiddenTD + ((long)row * Spec.Shape.HiddenWidth);

    /// <summary>Whether queries, keys and values of the first layer are there already.</summary>
    public bool IsPrepared => Sequences[0].Prepared is not null;

    /// <summary>The first of the rows [row, row + count) whose logits are wanted; row + count where none are.</summary>
    public int FirstLogits(int row, int count)
    {
        foreach (var sequence in Sequences)
        {
            if (sequence.Overlaps(row, count, out var first, out var length) && sequence.Row + sequence.FirstLogits < first + length)
            {
                return Math.Max(first, sequence.Row + sequence.FirstLogits);
            }
        }

        return row + count;
    }
}
