namespace Ropewalk.Engine.Tokenization;

/// <summary>What a byte-pair model is made of.</summary>
internal sealed record BytePairSettings
{
    /// <summary>Token to id.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Pairs of tokens in order of rank, with the id of what they become.</summary>
    public required (int Left, int Right, int Merged)[] Merges { get; init; }

    /// <summary>Ids of the 256 tokens &lt;0x00&gt; to &lt;0xFF&gt; (-1 where absent), or null without byte fallback.</summary>
    public required int[]? ByteIds { get; init; }

    /// <summary>Id for an unknown character, or null: then it is dropped.</summary>
    public required int? Unknown { get; init; }

    /// <summary>Neighbouring unknown characters are one token.</summary>
    public required bool FuseUnknown { get; init; }

    /// <summary>A word that is a token is taken as such, whatever the merges say.</summary>
    public required bool IgnoreMerges { get; init; }

    /// <summary>Written before each character of a word but the first, to find its token; the joined token has it once.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Written behind a word's last character to find its token.</summary>
    public string Suffix { get; init; } = "";
}
