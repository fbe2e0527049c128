namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A number with a point.</summary>
/// <param name="value">The number.</param>
internal sealed class FloatValue(double value) : JinjaValue
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "float";

    /// <inheritdoc/>
    public override bool IsTrue => Value != 0;
}
