namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% call macro(a) %}: writes what the macro gives, which gets the body as "caller".</summary>
/// <param name="line">Its line.</param>
/// <param name="call">The call.</param>
/// <param name="body">What "caller" does.</param>
internal sealed class CallStatement(int line, CallExpression call, MacroBody body) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        run.Output.Append(Printing.ToText(run, call.Call(run, scope, body.ToFunction(MacroStatement.Caller, scope))));
        return Flow.Next;
    }
}
