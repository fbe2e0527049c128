namespace Ropewalk.Engine.Tokenization;

/// <summary>What a pre-tokenizer's pattern sees of a character.</summary>
internal enum CharKind : byte
{
    /// <summary>[^\s\p{L}\p{N}].</summary>
    Other,

    /// <summary>\p{L}.</summary>
    Letter,

    /// <summary>\p{N}.</summary>
    Number,

    /// <summary>\s, the Unicode property White_Space.</summary>
    Space,
}
