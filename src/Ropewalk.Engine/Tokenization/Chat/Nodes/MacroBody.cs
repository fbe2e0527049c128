namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Parameters and body of a macro or of a call statement.</summary>
/// <param name="Parameters">Names with defaults, or null where there is none.</param>
/// <param name="Body">What writes the result.</param>
internal sealed record MacroBody(List<(string Name, Expression? Default)> Parameters, Block Body)
{
    /// <summary>Makes the function; its body sees the names around its definition, not those around its call.</summary>
    public FunctionValue ToFunction(string name, Scope definition) => new(name, (run, arguments) => Call(run, name, definition, arguments)) { IsMacro = true };

    private TextValue Call(Evaluation run, string name, Scope definition, CallArguments arguments)
    {
        var inner = new Scope(definition);
        var caller = arguments.Named.Find(n => n.Name == MacroStatement.Caller).Value;
        var given = caller is null ? arguments : new CallArguments(arguments.Positional, [.. arguments.Named.Where(n => n.Name != MacroStatement.Caller)]);
        inner.Set(MacroStatement.Caller, caller ?? new UndefinedValue("no call statement gave a caller"));
        var values = given.Bind(run, $"the macro {TemplateSource.Quote(name)}", 0, [.. Parameters.Select(p => p.Name)]);
        for (var i = 0; i < values.Length; i++)
        {
            inner.Set(Parameters[i].Name, values[i] ?? Parameters[i].Default?.Evaluate(run, inner)
                ?? new UndefinedValue($"the parameter {TemplateSource.Quote(Parameters[i].Name)} was not given"));
        }

        return run.Capture(() => Body.Execute(run, inner));
    }
}
