namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A part of a template that does something.</summary>
/// <param name="line">Its line.</param>
internal abstract class Statement(int line)
{
    /// <summary>Its line in the template.</summary>
    public int Line { get; } = line;

    /// <summary>Runs it.</summary>
    public Flow Execute(Evaluation run, Scope scope)
    {
        run.Line = Line;
        run.Step();
        run.Enter();
        var flow = Run(run, scope);
        run.Leave();
        return flow;
    }

    /// <summary>What it does.</summary>
    protected abstract Flow Run(Evaluation run, Scope scope);
}
