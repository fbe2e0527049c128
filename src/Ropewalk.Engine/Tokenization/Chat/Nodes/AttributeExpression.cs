namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a.name.</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What has the attribute.</param>
/// <param name="name">The attribute.</param>
internal sealed class AttributeExpression(int line, Expression target, string name) : Expression(line)
{
    private readonly TextValue _name = new(name);

    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) => Access.Attribute(run, target.Evaluate(run, scope), _name);
}
