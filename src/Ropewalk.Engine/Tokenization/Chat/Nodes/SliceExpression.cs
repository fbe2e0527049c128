namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a[start:stop:step].</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What is cut.</param>
/// <param name="start">From where, or null.</param>
/// <param name="stop">Up to where, or null.</param>
/// <param name="step">Each how manyth, or null.</param>
internal sealed class SliceExpression(int line, Expression target, Expression? start, Expression? stop, Expression? step) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) => Slicing.Cut(
        run, target.Evaluate(run, scope), start?.Evaluate(run, scope), stop?.Evaluate(run, scope), step?.Evaluate(run, scope));
}
