namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The arguments of a call as the template has them.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
internal sealed record ArgumentList(List<Expression> Positional, List<(string Name, Expression Value)> Named)
{
    /// <summary>No arguments.</summary>
    public static ArgumentList Empty { get; } = new([], []);

    /// <summary>Their values.</summary>
    public CallArguments Evaluate(Evaluation run, Scope scope) => Positional.Count + Named.Count == 0 ? CallArguments.None
        : new CallArguments(Positional.ConvertAll(p => p.Evaluate(run, scope)), Named.ConvertAll(n => (n.Name, n.Value.Evaluate(run, scope))));
}
