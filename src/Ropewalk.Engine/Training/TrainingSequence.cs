using Ropewalk.Engine.Models;

namespace Ropewalk.Engine.Training;

/// <summary>One sequence to train on.</summary>
/// <param name="Tokens">At least one id, 0 .. V-1.</param>
/// <param name="Targets">For each token the one that follows it, or -1 where nothing is asked.</param>
/// <param name="Rotary">Angles, at least as many as tokens.</param>
public sealed record TrainingSequence(int[] Tokens, int[] Targets, RotaryTable Rotary)
{
    /// <summary>Whether the encoding's gradient counts this sequence: not where it keeps an encoding of its own.</summary>
    public bool TrainsRotary { get; init; } = true;

    /// <summary>For each token the index at which its document begins, before which it sees nothing; null where the sequence is one document, or
    /// documents see each other.</summary>
    public int[]? DocumentStarts { get; init; }

    /// <summary>Angles and cells of the layers of an encoder that see neighbours only; null where there are none.</summary>
    public RotaryTable? LocalRotary { get; init; }

    /// <summary>For each token the row that it reads of a table of learned positions; none where positions are rotary.</summary>
    public int[] PositionRows { get; init; } = [];
}
