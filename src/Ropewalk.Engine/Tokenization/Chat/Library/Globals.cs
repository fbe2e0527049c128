namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The functions that every template sees.</summary>
internal static class Globals
{
    /// <summary>Their names.</summary>
    public const string Supported = "dict, namespace, raise_exception, range, strftime_now";

    // The sandbox that Hugging Face uses has the same limit.
    private const int LongestRange = 100_000;

    private static readonly Dictionary<string, FunctionValue> s_functions = new(StringComparer.Ordinal)
    {
        ["range"] = new FunctionValue("range", Range),
        ["namespace"] = new FunctionValue("namespace", Namespace),
        ["dict"] = new FunctionValue("dict", Dict),
        ["raise_exception"] = new FunctionValue("raise_exception", (run, arguments) =>
            throw run.Fail("the template says: " + Printing.ToText(run, arguments.Bind(run, "raise_exception", 1, "message")[0]!).Text)),
        ["strftime_now"] = new FunctionValue("strftime_now", (run, arguments) =>
            DateText.Format(run, TextMethods.RequireText(run, "strftime_now", arguments.Bind(run, "strftime_now", 1, "format")[0]!).Text)),
    };

    /// <summary>A function by its name, or null. What Jinja has beside is an error.</summary>
    public static FunctionValue? Find(Evaluation run, string name) => name is "cycler" or "joiner" or "lipsum"
        ? throw run.Fail($"the function {TemplateSource.Quote(name)} is not supported; supported: {Supported}")
        : s_functions.GetValueOrDefault(name);

    private static ListValue Range(Evaluation run, CallArguments arguments)
    {
        var values = arguments.Bind(run, "range", 1, "start", "stop", "step");
        long Number(JinjaValue value) => Numbers.ToInteger(value) ?? throw run.Fail($"range: found a {value.TypeName}, expected a whole number");
        var (start, stop) = values[1] is { } end ? (Number(values[0]!), Number(end)) : (0, Number(values[0]!));
        var step = values[2] is { } by ? Number(by) : 1;
        if (step == 0)
        {
            throw run.Fail("range: the step is 0");
        }

        var span = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        var size = step > 0 ? (Int128)step : -(Int128)step;
        var count = span <= 0 ? 0 : ((span - 1) / size) + 1;
        if (count > LongestRange)
        {
            throw run.Fail($"range: found {count} numbers, expected at most {LongestRange}");
        }

        run.CreateItems((long)count * 2);
        var items = new List<JinjaValue>((int)count);
        for (var i = 0; i < count; i++)
        {
            items.Add(IntValue.Of(start + (i * step)));
        }

        return new ListValue(items, SequenceKind.Range);
    }

    private static NamespaceValue Namespace(Evaluation run, CallArguments arguments)
    {
        var space = new NamespaceValue();
        foreach (var (key, value) in Dict(run, arguments).Items)
        {
            space.Set(TextMethods.RequireText(run, "namespace", key).Text, value);
        }

        return space;
    }

    private static MapValue Dict(Evaluation run, CallArguments arguments)
    {
        var map = new MapValue();
        if (arguments.Positional.Count > 1)
        {
            throw run.Fail("dict and namespace take one map at most, and named values");
        }

        foreach (var source in arguments.Positional)
        {
            if (source is MapValue other)
            {
                run.CreateItems(other.Count);
                foreach (var (key, value) in other.Items)
                {
                    run.Touch((key as TextValue)?.Text.Length ?? 0);
                    map.Set(key, value);
                }

                continue;
            }

            foreach (var pair in Iteration.Items(run, source))
            {
                var items = Iteration.Items(run, pair);
                if (items.Count != 2 || !KeyComparer.IsKey(items[0]))
                {
                    throw run.Fail("dict: a list must have pairs of a key and a value");
                }

                run.CreateItems(1);
                run.Touch((items[0] as TextValue)?.Text.Length ?? 0);
                map.Set(items[0], items[1]);
            }
        }

        foreach (var (name, value) in arguments.Named)
        {
            map.Set(name, value);
        }

        return map;
    }
}
