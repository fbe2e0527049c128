namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a | name(b).</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What is filtered; null in a block, whose text the filter gets.</param>
/// <param name="name">The filter's name, known when the template was read.</param>
/// <param name="arguments">What it is given beside.</param>
internal sealed class FilterExpression(int line, Expression? target, string name, ArgumentList arguments) : Expression(line)
{
    private readonly Filter _filter = Filters.Find(name)!;

    /// <summary>Filters a value that is there already.</summary>
    public JinjaValue Apply(Evaluation run, Scope scope, JinjaValue value)
    {
        run.Enter();

        // Filters inside of the target come first, as the template has them.
        var input = target is FilterExpression inner ? inner.Apply(run, scope, value) : value;
        run.Line = Line;
        var output = _filter(run, input, arguments.Evaluate(run, scope));
        run.Leave();
        return output;
    }

    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) =>
        _filter(run, target!.Evaluate(run, scope), arguments.Evaluate(run, scope));
}
