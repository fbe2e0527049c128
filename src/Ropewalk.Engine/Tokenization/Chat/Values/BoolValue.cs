namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>True or false; in a sum 1 or 0.</summary>
internal sealed class BoolValue : JinjaValue
{
    private BoolValue(bool value) => IsTrue = value;

    /// <summary>true.</summary>
    public static BoolValue True { get; } = new(true);

    /// <summary>false.</summary>
    public static BoolValue False { get; } = new(false);

    /// <inheritdoc/>
    public override string TypeName => "bool";

    /// <inheritdoc/>
    public override bool IsTrue { get; }

    /// <summary>The value.</summary>
    public static BoolValue Of(bool value) => value ? True : False;
}
