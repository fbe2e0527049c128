namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What is not there. It prints as nothing, counts as false and has no items; an attribute of it or a sum with it is an error,
/// which is why it knows what was missing.</summary>
/// <param name="problem">E.g. "'foo' is undefined".</param>
internal sealed class UndefinedValue(string problem) : JinjaValue
{
    /// <summary>What to say where it cannot be used.</summary>
    public string Problem { get; } = problem;

    /// <inheritdoc/>
    public override string TypeName => "Undefined";

    /// <inheritdoc/>
    public override bool IsTrue => false;
}
