namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>map, and select and reject with their forms for attributes.</summary>
internal static class SelectFilters
{
    /// <summary>An attribute of each item, or each item filtered.</summary>
    public static JinjaValue Map(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        Func<JinjaValue, JinjaValue> map;
        if (arguments.Positional.Count == 0)
        {
            var values = arguments.Bind(run, "map", 0, "attribute", "default");
            var path = values[0] ?? throw run.Fail("map needs the name of a filter, or attribute=...");
            map = item => Filters.Attribute(run, item, path) is var found && found is UndefinedValue && values[1] is { } absent ? absent : found;
        }
        else
        {
            var name = TextMethods.RequireText(run, "map", arguments.Positional[0]).Text;
            var filter = Filters.Find(name) ?? throw run.Fail($"map: the filter {TemplateSource.Quote(name)} is not supported; supported: {Filters.Supported}");
            var rest = new CallArguments(arguments.Positional[1..], arguments.Named);
            map = item => filter(run, item, rest);
        }

        var mapped = new List<JinjaValue>();
        run.Enter();
        foreach (var item in Items(run, value))
        {
            run.CreateItems(1);
            run.Step();
            mapped.Add(map(item));
        }

        run.Leave();
        return new IteratorValue(mapped);
    }

    /// <summary>The items that pass a test, or do not; without a test those that are true.</summary>
    public static JinjaValue Select(Evaluation run, string filter, JinjaValue value, CallArguments arguments, bool byAttribute, bool wanted)
    {
        var positional = arguments.Positional;
        if (byAttribute && positional.Count == 0)
        {
            throw run.Fail($"{filter} needs the name of an attribute");
        }

        var at = byAttribute ? 1 : 0;
        Test? test = null;
        if (positional.Count > at)
        {
            var name = TextMethods.RequireText(run, filter, positional[at]).Text;
            test = Tests.Find(name) ?? throw run.Fail($"{filter}: the test {TemplateSource.Quote(name)} is not supported; supported: {Tests.Supported}");
        }

        var rest = positional.Count > at + 1 || arguments.Named.Count > 0 ? new CallArguments(positional[Math.Min(at + 1, positional.Count)..], arguments.Named) : CallArguments.None;
        var chosen = new List<JinjaValue>();
        foreach (var item in Items(run, value))
        {
            run.Step();
            var tested = byAttribute ? Filters.Attribute(run, item, positional[0]) : item;
            if ((test?.Invoke(run, tested, rest) ?? tested.IsTrue) == wanted)
            {
                run.CreateItems(1);
                chosen.Add(item);
            }
        }

        return new IteratorValue(chosen);
    }

    /// <summary>What counts as false has no items here, even where it could not be gone through: none, for tools that were not given.</summary>
    private static List<JinjaValue> Items(Evaluation run, JinjaValue value) => value.IsTrue ? Iteration.Items(run, value) : [];
}
