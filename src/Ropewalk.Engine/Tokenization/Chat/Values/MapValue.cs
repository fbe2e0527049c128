using System.Diagnostics.CodeAnalysis;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A map in the order of its keys' coming.</summary>
internal sealed class MapValue : JinjaValue
{
    private readonly OrderedDictionary<JinjaValue, JinjaValue> _items = new(KeyComparer.Instance);

    /// <inheritdoc/>
    public override string TypeName => "dict";

    /// <inheritdoc/>
    public override bool IsTrue => _items.Count > 0;

    /// <summary>Number of keys.</summary>
    public int Count => _items.Count;

    /// <summary>The pairs.</summary>
    public IEnumerable<KeyValuePair<JinjaValue, JinjaValue>> Items => _items;

    /// <summary>Finds a value. A key of a kind that cannot be one is not there.</summary>
    /// <param name="run">Is charged for a text that is a key: to look it up is to go through it.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public bool TryGet(Evaluation run, JinjaValue key, [NotNullWhen(true)] out JinjaValue? value)
    {
        value = null;
        run.Touch((key as TextValue)?.Text.Length ?? 0);
        return KeyComparer.IsKey(key) && _items.TryGetValue(key, out value);
    }

    /// <summary>Sets a value; the key must be one for which <see cref="KeyComparer.IsKey"/> holds.</summary>
    public void Set(JinjaValue key, JinjaValue value) => _items[key] = value;

    /// <summary>Sets a value under a name.</summary>
    public void Set(string key, JinjaValue value) => _items[new TextValue(key)] = value;
}
