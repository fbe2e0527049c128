namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>a[start:stop:step] of texts and lists.</summary>
internal static class Slicing
{
    /// <summary>The slice; a part that is null or none has its default.</summary>
    public static JinjaValue Cut(Evaluation run, JinjaValue target, JinjaValue? start, JinjaValue? stop, JinjaValue? step)
    {
        var by = Part(run, step) ?? 1;
        if (by == 0)
        {
            throw run.Fail("a slice's step is 0");
        }

        switch (target)
        {
            case TextValue text:
                run.Touch(text.Text.Length);
                return Text(run, text, Range(text.Count, Part(run, start), Part(run, stop), by), by);
            case ListValue { IsIndexable: true } list:
                var (first, count) = Range(list.Items.Count, Part(run, start), Part(run, stop), by);
                run.CreateItems(count);
                var items = new List<JinjaValue>(count);
                for (var i = 0; i < count; i++)
                {
                    items.Add(list.Items[(int)(first + (i * by))]);
                }

                return new ListValue(items, list.Kind);
            case UndefinedValue missing:
                throw run.Fail($"{missing.Problem}, so it cannot be sliced");
            default:
                throw run.Fail($"a {target.TypeName} cannot be sliced");
        }
    }

    /// <summary>Characters of a text as Python counts them.</summary>
    public static int Length(Evaluation run, TextValue text)
    {
        run.Touch(text.Text.Length);
        return text.Count;
    }

    /// <summary>The number of the first character of a slice of a text, for a start as methods take it.</summary>
    public static int Start(Evaluation run, TextValue text, JinjaValue? start)
    {
        var at = Part(run, start) ?? 0;
        return (int)Math.Clamp(at < 0 ? at + text.Count : at, 0, text.Count + 1L);
    }

    private static TextValue Text(Evaluation run, TextValue text, (long First, int Count) range, long by)
    {
        var (first, count) = range;
        if (count == 0)
        {
            return TextValue.Empty;
        }

        run.Create(count);
        if (by == 1)
        {
            var offset = text.OffsetOf((int)first);
            return text.Slice(offset, text.OffsetOf((int)first + count));
        }

        // Backwards and in steps the characters' offsets are needed, found once.
        var offsets = new List<int>();
        run.CreateItems(text.Text.Length / 2);
        for (var i = 0; i < text.Text.Length; i = text.Next(i))
        {
            offsets.Add(i);
        }

        var builder = new TextBuilder(run);
        for (var i = 0; i < count; i++)
        {
            var at = offsets[(int)(first + (i * by))];
            builder.Append(text, at, text.Next(at));
        }

        return builder.ToText();
    }

    /// <summary>Python's rule: numbers from the end are negative, and what lies outside is cut off.</summary>
    private static (long First, int Count) Range(int length, long? start, long? stop, long step)
    {
        var (lowest, highest) = step > 0 ? (0, length) : (-1, length - 1);
        long Clamp(long value) => Math.Clamp(value < 0 ? value + length : value, lowest, highest);
        var first = start is { } s ? Clamp(s) : step > 0 ? lowest : highest;
        var end = stop is { } e ? Clamp(e) : step > 0 ? highest : lowest;
        var span = step > 0 ? end - first : first - end;

        // -step may not exist for the smallest number.
        var size = step > 0 ? (ulong)step : (ulong)-(step + 1) + 1;
        return span <= 0 ? (first, 0) : (first, (int)(((ulong)span - 1) / size) + 1);
    }

    private static long? Part(Evaluation run, JinjaValue? value) => value switch
    {
        null or NoneValue => null,
        _ => Numbers.ToInteger(value) ?? throw run.Fail($"a slice goes by whole numbers, found a {value.TypeName}"),
    };
}
