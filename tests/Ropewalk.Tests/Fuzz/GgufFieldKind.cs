namespace Ropewalk.Tests.Fuzz;

/// <summary>What a field of a GGUF file means to a mutator.</summary>
internal enum GgufFieldKind
{
    /// <summary>Magic and version.</summary>
    Format,

    /// <summary>Number of tensors, pairs or list elements.</summary>
    Count,

    /// <summary>Length of the text that is the next field.</summary>
    Length,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Kind of a value.</summary>
    ValueType,

    /// <summary>A value, or all elements of a list of numbers.</summary>
    Value,

    /// <summary>Number of dimensions.</summary>
    Rank,

    /// <summary>An extent.</summary>
    Extent,

    /// <summary>ggml's type number.</summary>
    TensorType,

    /// <summary>Where a tensor begins.</summary>
    Offset,
}
