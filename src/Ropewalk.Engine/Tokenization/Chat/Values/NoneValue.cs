namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>none; null in JSON.</summary>
internal sealed class NoneValue : JinjaValue
{
    private NoneValue()
    {
    }

    /// <summary>The one value.</summary>
    public static NoneValue Instance { get; } = new();

    /// <inheritdoc/>
    public override string TypeName => "NoneType";

    /// <inheritdoc/>
    public override bool IsTrue => false;
}
