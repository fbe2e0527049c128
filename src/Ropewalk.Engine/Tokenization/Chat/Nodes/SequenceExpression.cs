namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>[a, b] or (a, b).</summary>
/// <param name="line">Its line.</param>
/// <param name="items">The items.</param>
/// <param name="kind">List or tuple.</param>
internal sealed class SequenceExpression(int line, List<Expression> items, SequenceKind kind) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope)
    {
        run.CreateItems(items.Count);
        return new ListValue(items.ConvertAll(i => i.Evaluate(run, scope)), kind);
    }
}
