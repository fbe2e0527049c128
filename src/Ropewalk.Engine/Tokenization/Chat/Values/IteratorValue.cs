namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What select, map and other filters give: items that can be gone through once. As in Jinja it has no length, no items by number,
/// and counts as true even with no items, so a template that forgets "| list" behaves as it does there.</summary>
/// <param name="items">The items.</param>
internal sealed class IteratorValue(List<JinjaValue> items) : JinjaValue
{
    private int _next;

    /// <inheritdoc/>
    public override string TypeName => "generator";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <summary>The items that are left; a second time there are none.</summary>
    public List<JinjaValue> Take()
    {
        var left = _next == 0 ? items : items[_next..];
        _next = items.Count;
        return left;
    }

    /// <summary>The next item, or null; the others stay.</summary>
    public JinjaValue? TakeFirst() => _next < items.Count ? items[_next++] : null;
}
