namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What select, map and other filters give: items that can be gone through once. As in Jinja it has no length, no items by number,
/// and counts as true even with no items, so a template that forgets "| list" behaves as it does there.</summary>
/// <param name="items">The items.</param>
internal sealed class IteratorValue(List<JinjaValue> items) : JinjaValue
{
    private List<JinjaValue> _items = items;

    /// <inheritdoc/>
    public override string TypeName => "generator";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <summary>The items; a second time there are none.</summary>
    public List<JinjaValue> Take()
    {
        var taken = _items;
        _items = [];
        return taken;
    }

    /// <summary>The next item, or null; the others stay.</summary>
    public JinjaValue? TakeFirst()
    {
        if (_items.Count == 0)
        {
            return null;
        }

        var first = _items[0];
        _items = _items[1..];
        return first;
    }
}
