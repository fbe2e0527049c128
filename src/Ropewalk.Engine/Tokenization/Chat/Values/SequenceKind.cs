namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Python's kinds of sequences, which differ in how they print and in whether they have items by number.</summary>
internal enum SequenceKind
{
    /// <summary>[1, 2]</summary>
    List,

    /// <summary>(1, 2)</summary>
    Tuple,

    /// <summary>range(0, 2)</summary>
    Range,

    /// <summary>What keys() gives.</summary>
    Keys,

    /// <summary>What values() gives.</summary>
    Values,

    /// <summary>What items() gives.</summary>
    Items,
}
