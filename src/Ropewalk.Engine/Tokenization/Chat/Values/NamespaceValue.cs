namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What namespace() gives: values under names that a loop's body may set for those outside.</summary>
internal sealed class NamespaceValue : JinjaValue
{
    private readonly Dictionary<string, JinjaValue> _items = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string TypeName => "namespace";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <summary>The value under a name, or null.</summary>
    public JinjaValue? Get(string name) => _items.GetValueOrDefault(name);

    /// <summary>Sets a value.</summary>
    public void Set(string name, JinjaValue value) => _items[name] = value;
}
