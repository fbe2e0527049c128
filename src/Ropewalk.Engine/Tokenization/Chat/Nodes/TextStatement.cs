namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Text outside of tags.</summary>
/// <param name="line">Its line.</param>
/// <param name="text">The text.</param>
internal sealed class TextStatement(int line, string text) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        run.Output.Append(text);
        return Flow.Next;
    }
}
