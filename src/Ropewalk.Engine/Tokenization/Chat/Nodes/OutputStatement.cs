namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{{ a }}.</summary>
/// <param name="line">Its line.</param>
/// <param name="value">What is written.</param>
internal sealed class OutputStatement(int line, Expression value) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        run.Output.Append(Printing.ToText(run, value.Evaluate(run, scope)));
        return Flow.Next;
    }
}
