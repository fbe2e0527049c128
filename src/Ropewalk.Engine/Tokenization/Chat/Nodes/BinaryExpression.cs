namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Arithmetic of two operands.</summary>
/// <param name="line">Its line.</param>
/// <param name="sign">The operator.</param>
/// <param name="left">The first operand.</param>
/// <param name="right">The second operand.</param>
internal sealed class BinaryExpression(int line, string sign, Expression left, Expression right) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) =>
        Arithmetic.Apply(run, sign, left.Evaluate(run, scope), right.Evaluate(run, scope));
}
