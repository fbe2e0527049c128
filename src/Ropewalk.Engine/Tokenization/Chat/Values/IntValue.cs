namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A whole number. Python's have any size; past 64 bits is an error here, never a wrong number.</summary>
/// <param name="value">The number.</param>
internal sealed class IntValue(long value) : JinjaValue
{
    private static readonly IntValue[] s_small = [.. Enumerable.Range(0, 256).Select(i => new IntValue(i))];

    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "int";

    /// <inheritdoc/>
    public override bool IsTrue => Value != 0;

    /// <summary>The value of a number.</summary>
    public static IntValue Of(long value) => value is >= 0 and < 256 ? s_small[value] : new IntValue(value);
}
