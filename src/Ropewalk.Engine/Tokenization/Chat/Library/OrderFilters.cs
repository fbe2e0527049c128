namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Filters that compare items with each other. Upper and lower case count as the same unless the template asks otherwise.</summary>
internal static class OrderFilters
{
    /// <summary>The items in order.</summary>
    public static JinjaValue Sort(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "sort", 0, "reverse", "case_sensitive", "attribute");
        var items = new List<(JinjaValue Key, JinjaValue Item)>();
        foreach (var item in Iteration.Items(run, value))
        {
            run.CreateItems(2);
            items.Add((SortKey(run, item, values[2], IsTrue(values[1])), item));
        }

        return new ListValue(Sorted(run, items, IsTrue(values[0])));
    }

    /// <summary>A map's pairs in the order of their keys or values.</summary>
    public static JinjaValue DictSort(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "dictsort", 0, "case_sensitive", "by", "reverse");
        var by = values[1] is null ? "key" : TextMethods.RequireText(run, "dictsort", values[1]!).Text;
        if (by is not ("key" or "value"))
        {
            throw run.Fail($"dictsort: found {TemplateSource.Quote(by)} as by, expected 'key' or 'value'");
        }

        var map = value as MapValue ?? throw run.Fail($"dictsort: found a {value.TypeName}, expected a map");
        run.CreateItems(map.Count * 3L);
        List<(JinjaValue, JinjaValue)> items =
            [.. map.Items.Select(i => (Key(run, by == "key" ? i.Key : i.Value, IsTrue(values[0])), (JinjaValue)ListValue.Tuple(i.Key, i.Value)))];
        return new ListValue(Sorted(run, items, IsTrue(values[2])));
    }

    /// <summary>Each item once, where it comes first.</summary>
    public static JinjaValue Unique(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "unique", 0, "case_sensitive", "attribute");
        var seen = new HashSet<JinjaValue>(KeyComparer.Instance);
        var items = new List<JinjaValue>();
        foreach (var item in Iteration.Items(run, value))
        {
            run.CreateItems(2);
            var key = Key(run, Part(run, item, values[1]), IsTrue(values[0]));
            run.Touch((key as TextValue)?.Text.Length ?? 0);
            if (seen.Add(KeyComparer.IsKey(key) ? key : throw run.Fail($"unique: a {key.TypeName} cannot be told apart from others; texts and numbers can")))
            {
                items.Add(item);
            }
        }

        return new IteratorValue(items);
    }

    /// <summary>The least or the greatest item: of equals the first; undefined if there is none.</summary>
    public static JinjaValue Extreme(Evaluation run, string name, JinjaValue value, CallArguments arguments, int sign)
    {
        var values = arguments.Bind(run, name, 0, "case_sensitive", "attribute");
        JinjaValue? best = null;
        JinjaValue? bestKey = null;
        foreach (var item in Iteration.Items(run, value))
        {
            var key = Key(run, Part(run, item, values[1]), IsTrue(values[0]));
            if (bestKey is null || Comparison.Order(run, key, bestKey) == sign)
            {
                (best, bestKey) = (item, key);
            }
        }

        return best ?? new UndefinedValue("there is no item");
    }

    private static bool IsTrue(JinjaValue? value) => value?.IsTrue ?? false;

    private static List<JinjaValue> Sorted(Evaluation run, List<(JinjaValue Key, JinjaValue Item)> items, bool isReverse) =>
        StableSort.Sort(items, (a, b) => isReverse ? Comparison.Order(run, b.Key, a.Key) : Comparison.Order(run, a.Key, b.Key)).ConvertAll(i => i.Item);

    private static JinjaValue Part(Evaluation run, JinjaValue item, JinjaValue? path) => path is null or NoneValue ? item : Filters.Attribute(run, item, path);

    private static JinjaValue Key(Evaluation run, JinjaValue value, bool isCaseSensitive) =>
        value is TextValue text && !isCaseSensitive ? PythonCase.Lower(run, text) : value;

    /// <summary>Sorting may go by several attributes, with commas between.</summary>
    private static JinjaValue SortKey(Evaluation run, JinjaValue item, JinjaValue? path, bool isCaseSensitive)
    {
        if (path is not TextValue { Text: var text } || !text.Contains(','))
        {
            return Key(run, Part(run, item, path), isCaseSensitive);
        }

        run.CreateItems(text.Length);
        return new ListValue([.. text.Split(',').Select(p => Key(run, Part(run, item, new TextValue(p)), isCaseSensitive))]);
    }
}
