namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A name: of a variable, a macro or one of our functions.</summary>
/// <param name="line">Its line.</param>
/// <param name="name">The name.</param>
internal sealed class NameExpression(int line, string name) : Expression(line)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope) =>
        scope.Find(Name) ?? Globals.Find(run, Name) ?? (JinjaValue)new UndefinedValue($"{TemplateSource.Quote(Name)} is undefined");
}
