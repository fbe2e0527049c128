namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The filters that templates may use.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Filter> s_filters = new(StringComparer.Ordinal)
    {
        ["trim"] = (run, value, arguments) => TextMethods.Strip(run, Printing.ToText(run, value), arguments.Bind(run, "trim", 0, "chars")[0]),
        ["length"] = Length,
        ["count"] = Length,
        ["join"] = SequenceFilters.Join,
        ["first"] = SequenceFilters.First,
        ["last"] = SequenceFilters.Last,
        ["upper"] = Text("upper", PythonCase.Upper),
        ["lower"] = Text("lower", PythonCase.Lower),
        ["title"] = Text("title", TextFilters.Title),
        ["capitalize"] = Text("capitalize", PythonCase.Capitalize),
        ["default"] = Default,
        ["d"] = Default,
        ["tojson"] = (run, value, arguments) => JsonWriter.Write(run, value, arguments.Bind(run, "tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys")),
        ["string"] = Text("string", (_, text) => text),
        ["int"] = NumberFilters.Int,
        ["float"] = NumberFilters.Float,
        ["abs"] = NumberFilters.Abs,
        ["round"] = NumberFilters.Round,
        ["sum"] = NumberFilters.Sum,
        ["list"] = (run, value, arguments) =>
        {
            arguments.Bind(run, "list", 0);
            var items = Iteration.Items(run, value);
            run.CreateItems(items.Count);
            return new ListValue([.. items]);
        },
        ["map"] = SelectFilters.Map,
        ["select"] = (run, value, arguments) => SelectFilters.Select(run, "select", value, arguments, byAttribute: false, wanted: true),
        ["reject"] = (run, value, arguments) => SelectFilters.Select(run, "reject", value, arguments, byAttribute: false, wanted: false),
        ["selectattr"] = (run, value, arguments) => SelectFilters.Select(run, "selectattr", value, arguments, byAttribute: true, wanted: true),
        ["rejectattr"] = (run, value, arguments) => SelectFilters.Select(run, "rejectattr", value, arguments, byAttribute: true, wanted: false),
        ["replace"] = (run, value, arguments) =>
        {
            var values = arguments.Bind(run, "replace", 2, "old", "new", "count");
            return TextMethods.Replace(run, Printing.ToText(run, value), Printing.ToText(run, values[0]!), Printing.ToText(run, values[1]!), values[2]);
        },
        ["items"] = Items,
        ["dictsort"] = OrderFilters.DictSort,
        ["unique"] = OrderFilters.Unique,
        ["reverse"] = SequenceFilters.Reverse,
        ["sort"] = OrderFilters.Sort,
        ["min"] = (run, value, arguments) => OrderFilters.Extreme(run, "min", value, arguments, -1),
        ["max"] = (run, value, arguments) => OrderFilters.Extreme(run, "max", value, arguments, 1),

        // HTML escaping is off, so there is nothing to be safe from.
        ["safe"] = Text("safe", (_, text) => text),
        ["indent"] = TextFilters.Indent,
    };

    /// <summary>Their names.</summary>
    public static string Supported => string.Join(", ", s_filters.Keys.Order(StringComparer.Ordinal));

    /// <summary>A filter by its name, or null.</summary>
    public static Filter? Find(string name) => s_filters.GetValueOrDefault(name);

    /// <summary>A text or list, several times; no times for a number below 1.</summary>
    public static T Repeat<T>(Evaluation run, T value, long count)
        where T : JinjaValue
    {
        count = Math.Max(0, count);
        if (value is TextValue text)
        {
            run.CheckLength((long)Int128.Min((Int128)text.Text.Length * count, long.MaxValue));
            var builder = new TextBuilder(run);
            for (var i = 0L; i < count && text.Text.Length > 0; i++)
            {
                builder.Append(text);
            }

            return (T)(JinjaValue)builder.ToText();
        }

        var list = (ListValue)(JinjaValue)value;
        run.CreateItems((long)Int128.Min((Int128)list.Items.Count * count, int.MaxValue));
        var items = new List<JinjaValue>();
        for (var i = 0L; i < count && list.Items.Count > 0; i++)
        {
            items.AddRange(list.Items);
        }

        return (T)(JinjaValue)new ListValue(items, list.Kind);
    }

    /// <summary>The value that a dotted path of attributes and item numbers leads to.</summary>
    public static JinjaValue Attribute(Evaluation run, JinjaValue value, JinjaValue path)
    {
        if (path is not TextValue text)
        {
            return Access.Item(run, value, path);
        }

        run.Create(text.Text.Length);
        foreach (var part in text.Text.Split('.'))
        {
            run.Step();
            value = Access.Item(run, value, long.TryParse(part, System.Globalization.NumberStyles.None, null, out var index) ? IntValue.Of(index) : new TextValue(part));
        }

        return value;
    }

    private static Filter Text(string name, Func<Evaluation, TextValue, TextValue> filter) => (run, value, arguments) =>
    {
        arguments.Bind(run, name, 0);
        return filter(run, Printing.ToText(run, value));
    };

    private static IntValue Length(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        arguments.Bind(run, "length", 0);
        return IntValue.Of(Iteration.Count(run, value)
            ?? throw run.Fail($"length: a {value.TypeName} has no length{(value is IteratorValue ? "; | list gives one" : "")}"));
    }

    private static JinjaValue Default(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "default", 0, "default_value", "boolean");
        var isMissing = value is UndefinedValue || ((values[1]?.IsTrue ?? false) && !value.IsTrue);
        return isMissing ? values[0] ?? TextValue.Empty : value;
    }

    private static IteratorValue Items(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        arguments.Bind(run, "items", 0);
        switch (value)
        {
            case UndefinedValue:
                return new IteratorValue([]);
            case MapValue map:
                run.CreateItems(map.Count);
                return new IteratorValue([.. map.Items.Select(i => ListValue.Tuple(i.Key, i.Value))]);
            default:
                throw run.Fail($"items: found a {value.TypeName}, expected a map");
        }
    }
}
