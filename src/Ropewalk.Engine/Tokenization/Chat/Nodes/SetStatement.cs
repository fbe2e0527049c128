namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% set a = b %}.</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What is set.</param>
/// <param name="value">To what.</param>
internal sealed class SetStatement(int line, AssignTarget target, Expression value) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        target.Assign(run, scope, value.Evaluate(run, scope));
        return Flow.Next;
    }
}
