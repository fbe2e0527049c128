namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% if %}, {% elif %}, {% else %}.</summary>
/// <param name="line">Its line.</param>
/// <param name="branches">Conditions (null is "else") with their bodies.</param>
internal sealed class IfStatement(int line, List<(Expression? Condition, Block Body)> branches) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        foreach (var (condition, body) in branches)
        {
            if (condition is null || condition.Evaluate(run, scope).IsTrue)
            {
                return body.Execute(run, scope);
            }
        }

        return Flow.Next;
    }
}
