namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>split, rsplit and splitlines of Python's str.</summary>
internal static class TextSplitter
{
    /// <summary>split or rsplit: at each separator, or at each stretch of white space.</summary>
    public static ListValue Split(Evaluation run, TextValue text, string name, CallArguments arguments)
    {
        var values = arguments.Bind(run, name, 0, "sep", "maxsplit");
        var given = values[1] is null ? -1 : Numbers.ToInteger(values[1]!) ?? throw run.Fail($"{name}: found a {values[1]!.TypeName} as maxsplit, expected a whole number");
        var most = given < 0 || given > int.MaxValue ? int.MaxValue : (int)given;
        var isRight = name == "rsplit";
        if (values[0] is null or NoneValue)
        {
            return Cut(run, text, isRight ? WordsFromRight(text.Text, most) : Words(text.Text, most));
        }

        var separator = TextMethods.RequireText(run, name, values[0]!).Text;
        if (separator.Length == 0)
        {
            throw run.Fail($"{name}: the separator is an empty text");
        }

        var all = isRight ? FromRight(run, text.Text, separator) : SubstringSearch.Matches(run, text.Text, separator);
        var ranges = new List<TextRange>();
        var start = 0;
        foreach (var at in isRight ? all.Take(most).Reverse() : all.Take(most))
        {
            ranges.Add(new TextRange(start, at));
            start = at + separator.Length;
        }

        ranges.Add(new TextRange(start, text.Text.Length));
        return Cut(run, text, ranges);
    }

    /// <summary>The lines, with or without their ends; \r\n is one end.</summary>
    public static ListValue SplitLines(Evaluation run, TextValue text, string name, CallArguments arguments)
    {
        var keepsEnds = arguments.Bind(run, name, 0, "keepends")[0]?.IsTrue ?? false;
        var ranges = new List<TextRange>();
        var start = 0;
        for (var i = 0; i < text.Text.Length; i++)
        {
            if (PythonSpace.EndsLine(text.Text[i]))
            {
                var next = text.Text[i] == '\r' && i + 1 < text.Text.Length && text.Text[i + 1] == '\n' ? i + 2 : i + 1;
                ranges.Add(new TextRange(start, keepsEnds ? next : i));
                start = next;
                i = next - 1;
            }
        }

        if (start < text.Text.Length)
        {
            ranges.Add(new TextRange(start, text.Text.Length));
        }

        return Cut(run, text, ranges);
    }

    private static ListValue Cut(Evaluation run, TextValue text, List<TextRange> ranges)
    {
        run.Create(text.Text.Length);
        run.CreateItems(ranges.Count * 2L);
        return new ListValue([.. ranges.Select(r => text.Slice(r.Start, r.End))]);
    }

    /// <summary>Matches from the right, which may lie otherwise than those from the left: "aaa" has "aa" at 1 then, not at 0.</summary>
    private static IEnumerable<int> FromRight(Evaluation run, string text, string separator)
    {
        var end = text.Length;
        run.Create(text.Length * 2L);
        foreach (var at in SubstringSearch.Matches(run, text, separator, overlapping: true).Reverse())
        {
            if (at + separator.Length <= end)
            {
                end = at;
                yield return at;
            }
        }
    }

    private static List<TextRange> Words(string text, int most)
    {
        var words = new List<TextRange>();
        for (var i = 0; i < text.Length; i++)
        {
            if (PythonSpace.Is(text[i]))
            {
                continue;
            }

            var start = i;
            if (words.Count == most)
            {
                // The rest stays as it is, white space at its end too.
                words.Add(new TextRange(start, text.Length));
                break;
            }

            while (i < text.Length && !PythonSpace.Is(text[i]))
            {
                i++;
            }

            words.Add(new TextRange(start, i));
        }

        return words;
    }

    private static List<TextRange> WordsFromRight(string text, int most)
    {
        var words = new List<TextRange>();
        for (var end = PythonSpace.TrimEnd(text).Length; end > 0; end = PythonSpace.TrimEnd(text.AsSpan(0, end)).Length)
        {
            var start = end;
            if (words.Count == most)
            {
                start = 0;
            }
            else
            {
                while (start > 0 && !PythonSpace.Is(text[start - 1]))
                {
                    start--;
                }
            }

            words.Add(new TextRange(start, end));
            end = words.Count > most ? 0 : start;
        }

        words.Reverse();
        return words;
    }
}
