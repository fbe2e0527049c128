namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a ~ b: the printed forms, one after the other.</summary>
/// <param name="line">Its line.</param>
/// <param name="parts">The operands.</param>
internal sealed class ConcatExpression(int line, List<Expression> parts) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope)
    {
        var text = new TextBuilder(run);
        foreach (var part in parts)
        {
            text.Append(Printing.ToText(run, part.Evaluate(run, scope)));
        }

        return text.ToText();
    }
}
