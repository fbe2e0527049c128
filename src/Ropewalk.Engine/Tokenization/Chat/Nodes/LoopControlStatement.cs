namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% break %} or {% continue %}.</summary>
/// <param name="line">Its line.</param>
/// <param name="flow">Which.</param>
internal sealed class LoopControlStatement(int line, Flow flow) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope) => flow;
}
