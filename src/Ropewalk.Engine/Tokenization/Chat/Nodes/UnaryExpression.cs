namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>-a, +a or not a.</summary>
/// <param name="line">Its line.</param>
/// <param name="sign">The operator.</param>
/// <param name="operand">What it is applied to.</param>
internal sealed class UnaryExpression(int line, string sign, Expression operand) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope)
    {
        var value = operand.Evaluate(run, scope);
        return sign switch
        {
            "not" => BoolValue.Of(!value.IsTrue),
            "-" => Arithmetic.Negate(run, value),
            _ => Arithmetic.Plus(run, value),
        };
    }
}
