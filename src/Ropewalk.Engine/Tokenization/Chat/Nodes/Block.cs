namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Statements one after the other.</summary>
/// <param name="line">Its line.</param>
/// <param name="statements">The statements.</param>
internal sealed class Block(int line, List<Statement> statements) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        foreach (var statement in statements)
        {
            if (statement.Execute(run, scope) is not Flow.Next and var flow)
            {
                return flow;
            }
        }

        return Flow.Next;
    }
}
