namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% macro name(a, b=c) %}.</summary>
/// <param name="line">Its line.</param>
/// <param name="name">Its name.</param>
/// <param name="macro">Parameters and body.</param>
internal sealed class MacroStatement(int line, string name, MacroBody macro) : Statement(line)
{
    /// <summary>The name under which a macro finds the body of the call statement that calls it.</summary>
    public const string Caller = "caller";

    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        scope.Set(name, macro.ToFunction(name, scope));
        return Flow.Next;
    }
}
