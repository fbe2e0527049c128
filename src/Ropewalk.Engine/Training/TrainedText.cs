namespace Ropewalk.Engine.Training;

/// <summary>One text for an embedder in training, and where its tokens stand: the first at <paramref name="FirstPosition"/>, and from
/// <paramref name="CutAt"/> on so many positions further on as <paramref name="Skip"/> says. So a short text trains positions that only long ones have.</summary>
/// <param name="Tokens">At least one id, special tokens included.</param>
/// <param name="FirstPosition">Position of the first token. It changes nothing where positions are rotary, as only distances count there.</param>
/// <param name="CutAt">First token of the second piece.</param>
/// <param name="Skip">Positions left out before it.</param>
public sealed record TrainedText(int[] Tokens, int FirstPosition = 0, int CutAt = 0, int Skip = 0)
{
    /// <summary>Rows that means leave out at the beginning: those of a prompt that the folder says not to count.</summary>
    public int SkippedRows { get; init; }

    /// <summary>One more than the last token's position.</summary>
    public int Reach => FirstPosition + Tokens.Length + Skip;

    /// <summary>Position of a token.</summary>
    public int PositionOf(int index) => FirstPosition + index + (index >= CutAt ? Skip : 0);
}
