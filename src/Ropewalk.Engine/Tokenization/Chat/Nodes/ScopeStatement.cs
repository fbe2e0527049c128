namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% with a = b %} and {% generation %}: a body with names of its own. Which tokens a model generated itself, which
/// "generation" marks for training, is of no use here.</summary>
/// <param name="line">Its line.</param>
/// <param name="values">Names with their values.</param>
/// <param name="body">The body.</param>
internal sealed class ScopeStatement(int line, List<(AssignTarget Target, Expression Value)> values, Block body) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in values)
        {
            target.Assign(run, inner, value.Evaluate(run, scope));
        }

        return body.Execute(run, inner);
    }
}
