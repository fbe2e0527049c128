namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What a value gives when it is gone through.</summary>
internal static class Iteration
{
    /// <summary>The items of a list, the keys of a map, the characters of a text; of what is undefined none. Not to be changed.</summary>
    public static List<JinjaValue> Items(Evaluation run, JinjaValue value)
    {
        switch (value)
        {
            case ListValue list:
                run.Step(list.Items.Count);
                return list.Items;
            case IteratorValue iterator:
                return iterator.Take();
            case MapValue map:
                run.CreateItems(map.Count);
                return [.. map.Items.Select(i => i.Key)];
            case TextValue text:
                return Characters(run, text);
            case UndefinedValue:
                return [];
            default:
                throw run.Fail($"a {value.TypeName} has no items to go through");
        }
    }

    /// <summary>The items from the last to the first; what can be gone through once only is first put into a list.</summary>
    public static List<JinjaValue> Reversed(Evaluation run, JinjaValue value)
    {
        var items = Items(run, value);
        run.CreateItems(items.Count);
        return [.. items.AsEnumerable().Reverse()];
    }

    /// <summary>Number of items, or null where the value has no length.</summary>
    public static int? Count(Evaluation run, JinjaValue value)
    {
        if (value is TextValue text)
        {
            run.Touch(text.Text.Length);
            return text.Count;
        }

        return value switch
        {
            ListValue list => list.Items.Count,
            MapValue map => map.Count,
            UndefinedValue => 0,
            _ => null,
        };
    }

    private static List<JinjaValue> Characters(Evaluation run, TextValue text)
    {
        run.CreateItems(text.Text.Length * 2L);
        var items = new List<JinjaValue>(text.Text.Length);
        for (var i = 0; i < text.Text.Length; i = text.Next(i))
        {
            items.Add(text.Slice(i, text.Next(i)));
        }

        return items;
    }
}
