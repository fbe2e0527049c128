namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a is name(b), a is not name.</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What is tested.</param>
/// <param name="name">The test's name, known when the template was read.</param>
/// <param name="arguments">What it is given beside.</param>
/// <param name="isNot">Whether the answer is turned round.</param>
internal sealed class TestExpression(int line, Expression target, string name, ArgumentList arguments, bool isNot) : Expression(line)
{
    private readonly Test _test = Tests.Find(name)!;

    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) =>
        BoolValue.Of(_test(run, target.Evaluate(run, scope), arguments.Evaluate(run, scope)) != isNot);
}
