namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a[b].</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What has the item.</param>
/// <param name="key">Its number or key.</param>
internal sealed class ItemExpression(int line, Expression target, Expression key) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) => Access.Item(run, target.Evaluate(run, scope), key.Evaluate(run, scope));
}
