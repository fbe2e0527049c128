namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Filters of texts that Python's str has no method for.</summary>
internal static class TextFilters
{
    /// <summary>Jinja's title: words start behind white space, "-" and opening brackets only, so that "it's" stays one word.</summary>
    public static TextValue Title(Evaluation run, TextValue text)
    {
        var builder = new TextBuilder(run);
        var start = 0;
        for (var i = 0; i <= text.Text.Length; i++)
        {
            if (i < text.Text.Length && !IsBoundary(text.Text[i]))
            {
                continue;
            }

            if (i > start)
            {
                var first = text.Next(start);
                builder.Append(PythonCase.Upper(run, text.Slice(start, first)));
                builder.Append(PythonCase.Lower(run, text.Slice(first, i)));
            }

            builder.Append(text, i, Math.Min(i + 1, text.Text.Length));
            start = i + 1;
        }

        return builder.ToText();
    }

    /// <summary>White space before each line but the first and the empty ones.</summary>
    public static JinjaValue Indent(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "indent", 0, "width", "first", "blank");
        var indent = values[0] switch
        {
            null => new TextValue("    "),
            TextValue given => given,
            var width => Filters.Repeat(run, new TextValue(" "), Numbers.ToInteger(width) ?? throw run.Fail($"indent: found a {width.TypeName}, expected a whole number or a text")),
        };
        var withBlank = values[2]?.IsTrue ?? false;
        var text = TextMethods.RequireText(run, "indent", value);
        if (text.Text.Length == 0 && values[0] is TextValue)
        {
            return values[1]?.IsTrue ?? false ? indent : text;
        }

        // A line end that ends the text counts as before one more line.
        var full = new TextBuilder(run).Append(text).Append("\n").ToText();
        var lines = (ListValue)TextSplitter.SplitLines(run, full, "splitlines", CallArguments.None);
        var builder = new TextBuilder(run);
        for (var i = 0; i < lines.Items.Count; i++)
        {
            var line = (TextValue)lines.Items[i];
            if (i > 0)
            {
                builder.Append("\n");
            }

            if (i == 0 ? values[1]?.IsTrue ?? false : withBlank || line.Text.Length > 0)
            {
                builder.Append(indent);
            }

            builder.Append(line);
        }

        return builder.ToText();
    }

    private static bool IsBoundary(char c) => c is '-' or '(' or '{' or '[' or '<' || PythonSpace.Is(c);
}
