namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A sequence whose length is known.</summary>
/// <param name="items">The items; a list's may be appended to.</param>
/// <param name="kind">Which of Python's sequences it is.</param>
internal sealed class ListValue(List<JinjaValue> items, SequenceKind kind = SequenceKind.List) : JinjaValue
{
    /// <summary>The items.</summary>
    public List<JinjaValue> Items { get; } = items;

    /// <summary>Which of Python's sequences it is.</summary>
    public SequenceKind Kind { get; } = kind;

    /// <summary>Whether items can be had by their number: not from what a map's keys(), values() and items() give.</summary>
    public bool IsIndexable => Kind is SequenceKind.List or SequenceKind.Tuple or SequenceKind.Range;

    /// <inheritdoc/>
    public override string TypeName => Kind switch
    {
        SequenceKind.List => "list",
        SequenceKind.Tuple => "tuple",
        SequenceKind.Range => "range",
        SequenceKind.Keys => "dict_keys",
        SequenceKind.Values => "dict_values",
        _ => "dict_items",
    };

    /// <inheritdoc/>
    public override bool IsTrue => Items.Count > 0;

    /// <summary>A tuple.</summary>
    public static ListValue Tuple(params JinjaValue[] items) => new([.. items], SequenceKind.Tuple);
}
