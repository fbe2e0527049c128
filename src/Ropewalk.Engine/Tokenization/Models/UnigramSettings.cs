namespace Ropewalk.Engine.Tokenization;

/// <summary>What a unigram model is made of.</summary>
internal sealed record UnigramSettings
{
    /// <summary>All tokens by text.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>The tokens that a text may be cut into, with their finite scores.</summary>
    public required (string Token, int Id, double Score)[] Pieces { get; init; }

    /// <summary>The score of a character that is no token.</summary>
    public required double UnknownScore { get; init; }

    /// <summary>The unknown token.</summary>
    public required UnknownToken Unknown { get; init; }

    /// <summary>Ids of the 256 tokens &lt;0x00&gt; to &lt;0xFF&gt; (-1 where absent), or null without byte fallback.</summary>
    public required int[]? ByteIds { get; init; }

    /// <summary>Whether sums of scores are rounded to 32 bits, as SentencePiece does and the reference does not: in long texts that
    /// decides between cuts that are as good as equal.</summary>
    public bool SinglePrecision { get; init; }
}
