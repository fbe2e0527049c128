namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Keys of a map: texts, numbers, true and false, none. As in Python 1, 1.0 and true are one key.</summary>
internal sealed class KeyComparer : IEqualityComparer<JinjaValue>
{
    /// <summary>The one comparer.</summary>
    public static KeyComparer Instance { get; } = new();

    /// <summary>Whether a value can be a key.</summary>
    public static bool IsKey(JinjaValue value) => value is TextValue or IntValue or FloatValue or BoolValue or NoneValue;

    /// <inheritdoc/>
    public bool Equals(JinjaValue? x, JinjaValue? y) => (x, y) switch
    {
        (TextValue a, TextValue b) => a.Text == b.Text,
        (NoneValue, NoneValue) => true,
        (null, _) or (_, null) => false,
        _ => Numbers.AreEqual(x, y),
    };

    /// <inheritdoc/>
    public int GetHashCode(JinjaValue obj) => obj switch
    {
        // .NET seeds a text's hash anew in each process: a template cannot choose keys that collide.
        TextValue text => text.Text.GetHashCode(StringComparison.Ordinal),
        NoneValue => 0,
        _ => (Numbers.ToDouble(obj) ?? 0).GetHashCode(),
    };
}
