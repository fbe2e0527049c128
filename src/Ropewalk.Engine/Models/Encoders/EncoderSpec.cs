namespace Ropewalk.Engine.Models.Encoders;

/// <summary>What an encoder computes otherwise than a decoder: its tokens see the whole text, and its rows are embedded and normed in other places.</summary>
internal sealed record EncoderSpec
{
    /// <summary>Tokens of the longest text that the model was made for.</summary>
    public required int Window { get; init; }

    /// <summary>Rows of the table of learned positions; 0 where positions are rotary.</summary>
    public int PositionRows { get; init; }

    /// <summary>Row of the table that the first token reads: RoBERTa's begin after the row of its padding.</summary>
    public int FirstPosition { get; init; }

    /// <summary>Rows of the table of token types, of which a text alone reads the first; 0 for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Whether the first layer's attention reads the embedded rows as they are, because they were normed a moment before.</summary>
    public bool SkipsFirstNorm { get; init; }

    /// <summary>Whether tokens have learned positions.</summary>
    public bool HasTable => PositionRows > 0;
}
