namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a(b, c=d).</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What is called.</param>
/// <param name="arguments">What it is given.</param>
internal sealed class CallExpression(int line, Expression target, ArgumentList arguments) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) => Call(run, scope, null);

    /// <summary>Calls, with the body of a call statement as the function "caller".</summary>
    public JinjaValue Call(Evaluation run, Scope scope, FunctionValue? caller)
    {
        var function = target.Evaluate(run, scope);
        var values = arguments.Evaluate(run, scope);
        if (caller is not null)
        {
            values = new CallArguments(values.Positional, [.. values.Named, (MacroStatement.Caller, caller)]);
        }

        return function switch
        {
            FunctionValue known => known.Call(run, values),
            UndefinedValue missing => throw run.Fail($"{missing.Problem}, so it cannot be called; functions: {Globals.Supported}"),
            _ => throw run.Fail($"a {function.TypeName} cannot be called"),
        };
    }
}
