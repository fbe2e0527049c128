namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a and b, a or b: the value that decides, as in Python, and the second operand only if it is needed.</summary>
/// <param name="line">Its line.</param>
/// <param name="isAnd">Whether it is "and".</param>
/// <param name="left">The first operand.</param>
/// <param name="right">The second operand.</param>
internal sealed class LogicExpression(int line, bool isAnd, Expression left, Expression right) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope)
    {
        var value = left.Evaluate(run, scope);
        return value.IsTrue == isAnd ? right.Evaluate(run, scope) : value;
    }
}
