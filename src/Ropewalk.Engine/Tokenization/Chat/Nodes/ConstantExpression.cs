namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A text, a number, true, false or none.</summary>
/// <param name="line">Its line.</param>
/// <param name="value">Its value.</param>
internal sealed class ConstantExpression(int line, JinjaValue value) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) => value;
}
