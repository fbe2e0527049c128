namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Something that can be called: a function of ours, a method with its value, a macro.</summary>
/// <param name="name">Its name, for messages.</param>
/// <param name="body">What a call does.</param>
internal sealed class FunctionValue(string name, Func<Evaluation, CallArguments, JinjaValue> body) : JinjaValue
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the template defines it; such a function can be printed, by its name.</summary>
    public bool IsMacro { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "function";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <summary>Calls it.</summary>
    public JinjaValue Call(Evaluation run, CallArguments arguments)
    {
        run.Enter();
        var result = body(run, arguments);
        run.Leave();
        return result;
    }
}
