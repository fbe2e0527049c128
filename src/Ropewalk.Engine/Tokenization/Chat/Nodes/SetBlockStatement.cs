namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% set a %}...{% endset %} with an optional filter, and {% filter a %}...{% endfilter %}.</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What is set to the text; null writes it.</param>
/// <param name="filter">What the text goes through, or null.</param>
/// <param name="body">What makes the text.</param>
internal sealed class SetBlockStatement(int line, AssignTarget? target, FilterExpression? filter, Block body) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        JinjaValue value = run.Capture(() => body.Execute(run, new Scope(scope)));
        run.Line = Line;
        value = filter?.Apply(run, scope, value) ?? value;
        if (target is null)
        {
            run.Output.Append(Printing.ToText(run, value));
        }
        else
        {
            target.Assign(run, scope, value);
        }

        return Flow.Next;
    }
}
