namespace Ropewalk.Engine.Models;

/// <summary>One sequence of a batch: tokens that follow its cache's.</summary>
/// <param name="Tokens">At least one id, 0 .. V-1; with a single-pass cache the whole sequence.</param>
/// <param name="Cache">Holds the tokens before; takes these in. No two sequences of a batch share one.</param>
/// <param name="Rotary">Angles for every position up to the last of these tokens; may be shared.</param>
/// <param name="FirstRow">Logits are computed for the rows from here on, 0 .. T; T for none.</param>
/// <param name="Sink">Takes them, with rows counted from this sequence's first token.</param>
public sealed record SequenceInput(ReadOnlyMemory<int> Tokens, KeyValueCache Cache, RotaryTable Rotary, int FirstRow, LogitsSink Sink)
{
    /// <summary>What <see cref="LanguageModel.Prepare"/> computed for these tokens, or null. A batch has it for all of its sequences or for none.</summary>
    public PreparedTokens? Prepared { get; init; }

    /// <summary>Whether the sink takes each row after the last norm, D numbers, instead of its logits. A batch has one or the other.</summary>
    public bool WantsHidden { get; init; }
}
