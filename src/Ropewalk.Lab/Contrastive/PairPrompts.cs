namespace Ropewalk.Lab.Contrastive;

/// <summary>What is put before every query and every document of pairs that are cut from text.</summary>
/// <param name="Query">A text; empty for nothing.</param>
/// <param name="Document">A text; empty for nothing.</param>
public sealed record PairPrompts(string Query, string Document)
{
    /// <summary>Nothing before either.</summary>
    public static PairPrompts None { get; } = new("", "");
}
