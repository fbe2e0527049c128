namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Public attributes of Python's values that are not supported. A template that uses one must be told: taken as undefined it
/// would print nothing, or take the wrong branch.</summary>
internal static class PythonAttributes
{
    private static readonly HashSet<string> s_text = Words("casefold center encode expandtabs format format_map isalnum isascii isdecimal isidentifier isnumeric "
        + "isprintable istitle ljust maketrans partition rjust rpartition swapcase translate zfill");

    private static readonly HashSet<string> s_list = Words("clear copy extend insert remove reverse sort");
    private static readonly HashSet<string> s_map = Words("clear copy fromkeys pop popitem setdefault update");
    private static readonly HashSet<string> s_view = Words("isdisjoint mapping");
    private static readonly HashSet<string> s_range = Words("start stop step count index");
    private static readonly HashSet<string> s_number = Words("as_integer_ratio bit_count bit_length conjugate denominator from_bytes fromhex hex imag is_integer "
        + "numerator real to_bytes");

    private static readonly HashSet<string> s_iterator = Words("close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw");

    /// <summary>Whether Python's value of this kind has the attribute.</summary>
    public static bool Has(JinjaValue value, string name) => (value switch
    {
        TextValue => s_text,
        ListValue { Kind: SequenceKind.List } => s_list,
        ListValue { Kind: SequenceKind.Range } => s_range,
        ListValue { Kind: not SequenceKind.Tuple } => s_view,
        MapValue => s_map,
        IntValue or FloatValue or BoolValue => s_number,
        IteratorValue => s_iterator,
        _ => [],
    }).Contains(name);

    private static HashSet<string> Words(string words) => new(words.Split(' '), StringComparer.Ordinal);
}
