namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Names and their values: a loop's body or a macro sets its own and sees those around it.</summary>
/// <param name="outer">What is around it, or null.</param>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, JinjaValue> _values = new(StringComparer.Ordinal);

    /// <summary>Sets a name here.</summary>
    public void Set(string name, JinjaValue value) => _values[name] = value;

    /// <summary>The value of a name here or around, or null.</summary>
    public JinjaValue? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    private Scope? Outer { get; } = outer;
}
