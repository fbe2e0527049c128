namespace Ropewalk.Lab.Contrastive;

/// <summary>What pairs of running text are.</summary>
public enum PairKind
{
    /// <summary>Two spans of one passage.</summary>
    Spans,

    /// <summary>A question, and a text that hides the fact it asks for.</summary>
    Facts,

    /// <summary>A line without a part of it, and a text that hides the whole line.</summary>
    Lines,
}
