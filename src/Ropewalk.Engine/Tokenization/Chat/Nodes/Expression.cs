namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A part of a template that has a value.</summary>
/// <param name="line">Its line.</param>
internal abstract class Expression(int line)
{
    /// <summary>Its line in the template.</summary>
    public int Line { get; } = line;

    /// <summary>Its value.</summary>
    public JinjaValue Evaluate(Evaluation run, Scope scope)
    {
        var outerLine = run.Line;
        run.Line = Line;
        run.Step();
        run.Enter();
        var value = Compute(run, scope);
        run.Leave();
        run.Line = outerLine;
        return value;
    }

    /// <summary>Computes the value.</summary>
    protected abstract JinjaValue Compute(Evaluation run, Scope scope);
}
