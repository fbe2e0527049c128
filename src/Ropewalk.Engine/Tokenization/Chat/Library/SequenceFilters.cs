namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Filters that take a sequence as it stands.</summary>
internal static class SequenceFilters
{
    /// <summary>The printed items with a text between.</summary>
    public static JinjaValue Join(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "join", 0, "d", "attribute");
        var separator = values[0] is null ? TextValue.Empty : Printing.ToText(run, values[0]!);
        var builder = new TextBuilder(run);
        var isFirst = true;
        foreach (var item in Iteration.Items(run, value))
        {
            run.Step();
            if (!isFirst)
            {
                builder.Append(separator);
            }

            builder.Append(Printing.ToText(run, values[1] is null or NoneValue ? item : Filters.Attribute(run, item, values[1]!)));
            isFirst = false;
        }

        return builder.ToText();
    }

    /// <summary>The first item, or undefined.</summary>
    public static JinjaValue First(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        arguments.Bind(run, "first", 0);
        var first = value switch
        {
            IteratorValue iterator => iterator.TakeFirst(),
            TextValue text => text.Text.Length > 0 ? text.Slice(0, text.Next(0)) : null,
            _ => Iteration.Items(run, value).FirstOrDefault(),
        };
        return first ?? new UndefinedValue("there is no first item");
    }

    /// <summary>The last item, or undefined.</summary>
    public static JinjaValue Last(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        arguments.Bind(run, "last", 0);
        return value is IteratorValue ? throw run.Fail($"last: a {value.TypeName} cannot be gone through backwards; | list can")
            : Iteration.Items(run, value).LastOrDefault() ?? new UndefinedValue("there is no last item");
    }

    /// <summary>A text backwards, or the items from the last to the first.</summary>
    public static JinjaValue Reverse(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        arguments.Bind(run, "reverse", 0);
        return value is TextValue ? Slicing.Cut(run, value, null, null, IntValue.Of(-1)) : new IteratorValue(Iteration.Reversed(run, value));
    }
}
