namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Comparisons, also chained: 1 &lt; x &lt; 3 looks at x once.</summary>
/// <param name="line">Its line.</param>
/// <param name="first">The first operand.</param>
/// <param name="rest">Operators with the operand behind each.</param>
internal sealed class CompareExpression(int line, Expression first, List<(string Sign, Expression Operand)> rest) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope)
    {
        var left = first.Evaluate(run, scope);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(run, scope);
            if (!Comparison.Holds(run, sign, left, right))
            {
                return BoolValue.False;
            }

            left = right;
        }

        return BoolValue.True;
    }
}
