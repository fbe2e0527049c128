namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a if b else c; without "else" the value is undefined where b is not true.</summary>
/// <param name="line">Its line.</param>
/// <param name="then">The value if the condition is true.</param>
/// <param name="condition">The condition.</param>
/// <param name="otherwise">The value if not, or null.</param>
internal sealed class ConditionalExpression(int line, Expression then, Expression condition, Expression? otherwise) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) =>
        condition.Evaluate(run, scope).IsTrue ? then.Evaluate(run, scope)
        : otherwise?.Evaluate(run, scope) ?? new UndefinedValue("an 'if' without an 'else' has no value here");
}
