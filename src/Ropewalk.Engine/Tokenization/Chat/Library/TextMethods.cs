using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Methods of texts, as Python's str has them.</summary>
internal static class TextMethods
{
    private delegate JinjaValue Method(Evaluation run, TextValue text, string name, CallArguments arguments);

    private static readonly Dictionary<string, Method> s_methods = new(StringComparer.Ordinal)
    {
        ["strip"] = Strip,
        ["lstrip"] = Strip,
        ["rstrip"] = Strip,
        ["split"] = (run, text, name, arguments) => TextSplitter.Split(run, text, name, arguments),
        ["rsplit"] = (run, text, name, arguments) => TextSplitter.Split(run, text, name, arguments),
        ["splitlines"] = TextSplitter.SplitLines,
        ["startswith"] = (run, text, name, arguments) => HasEnd(run, text, name, arguments, (t, end) => t.StartsWith(end, StringComparison.Ordinal)),
        ["endswith"] = (run, text, name, arguments) => HasEnd(run, text, name, arguments, (t, end) => t.EndsWith(end, StringComparison.Ordinal)),
        ["removeprefix"] = (run, text, name, arguments) => Text(run, name, arguments) is var end && text.Text.StartsWith(end, StringComparison.Ordinal)
            ? Part(run, text, end.Length, text.Text.Length) : text,
        ["removesuffix"] = (run, text, name, arguments) => Text(run, name, arguments) is var end && text.Text.EndsWith(end, StringComparison.Ordinal)
            ? Part(run, text, 0, text.Text.Length - end.Length) : text,
        ["replace"] = (run, text, name, arguments) =>
        {
            var values = arguments.Bind(run, name, 2, "old", "new", "count");
            return Replace(run, text, RequireText(run, name, values[0]!), RequireText(run, name, values[1]!), values[2]);
        },
        ["upper"] = (run, text, name, arguments) => Mapped(run, text, name, arguments, PythonCase.Upper),
        ["lower"] = (run, text, name, arguments) => Mapped(run, text, name, arguments, PythonCase.Lower),
        ["title"] = (run, text, name, arguments) => Mapped(run, text, name, arguments, PythonCase.Title),
        ["capitalize"] = (run, text, name, arguments) => Mapped(run, text, name, arguments, PythonCase.Capitalize),
        ["find"] = (run, text, name, arguments) => Position(run, text, name, arguments, isLast: false),
        ["rfind"] = (run, text, name, arguments) => Position(run, text, name, arguments, isLast: true),
        ["index"] = (run, text, name, arguments) => Position(run, text, name, arguments, isLast: false),
        ["rindex"] = (run, text, name, arguments) => Position(run, text, name, arguments, isLast: true),
        ["count"] = (run, text, name, arguments) => IntValue.Of(
            Text(run, name, arguments) is { Length: > 0 } part ? SubstringSearch.Matches(run, text.Text, part).Count() : Slicing.Length(run, text) + 1),
        ["join"] = (run, text, name, arguments) => Join(run, text, arguments.Bind(run, name, 1, "iterable")[0]!),
        ["isdigit"] = (run, text, name, arguments) => All(run, text, name, arguments, r => CharUnicodeInfo.GetDigitValue(r.ToString(), 0) >= 0),
        ["isalpha"] = (run, text, name, arguments) => All(run, text, name, arguments, Rune.IsLetter),
        ["isspace"] = (run, text, name, arguments) => All(run, text, name, arguments, r => r.IsBmp && PythonSpace.Is((char)r.Value)),
        ["isupper"] = (run, text, name, arguments) => IsCase(run, text, name, arguments, UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter),
        ["islower"] = (run, text, name, arguments) => IsCase(run, text, name, arguments, UnicodeCategory.LowercaseLetter, UnicodeCategory.UppercaseLetter),
    };

    /// <summary>Their names.</summary>
    public static string Supported => string.Join(", ", s_methods.Keys.Order(StringComparer.Ordinal));

    /// <summary>A method of a text, or null.</summary>
    public static FunctionValue? Find(TextValue text, string name) =>
        s_methods.TryGetValue(name, out var method) ? new FunctionValue(name, (run, arguments) => method(run, text, name, arguments)) : null;

    /// <summary>The text without white space, or without any of these characters, at its ends.</summary>
    public static TextValue Strip(Evaluation run, TextValue text, JinjaValue? characters, bool left = true, bool right = true)
    {
        run.Touch(text.Text.Length + ((characters as TextValue)?.Text.Length ?? 0));
        HashSet<Rune>? set = characters is null or NoneValue ? null : [.. RequireText(run, "strip", characters).Text.EnumerateRunes()];
        bool Goes(int at) => set is null ? PythonSpace.Is(text.Text[at]) : Rune.TryGetRuneAt(text.Text, at, out var rune) && set.Contains(rune);
        int Before(int at) => at > 1 && char.IsSurrogatePair(text.Text[at - 2], text.Text[at - 1]) ? at - 2 : at - 1;
        var (start, end) = (0, text.Text.Length);
        while (left && start < end && Goes(start))
        {
            start = text.Next(start);
        }

        while (right && end > start && Goes(Before(end)))
        {
            end = Before(end);
        }

        return Part(run, text, start, end);
    }

    /// <summary>The text with each part replaced by another.</summary>
    /// <param name="run">For limits and complaints.</param>
    /// <param name="text">The text.</param>
    /// <param name="old">What goes; an empty text stands before each character and at the end.</param>
    /// <param name="put">What comes.</param>
    /// <param name="count">How often at most; null, none or less than 0 is always.</param>
    public static TextValue Replace(Evaluation run, TextValue text, TextValue old, TextValue put, JinjaValue? count)
    {
        var most = count is null or NoneValue ? -1
            : Numbers.ToInteger(count) ?? throw run.Fail($"replace: found a {count.TypeName} as count, expected a whole number");
        var places = old.Text.Length > 0 ? SubstringSearch.Matches(run, text.Text, old.Text) : Gaps(text);
        var builder = new TextBuilder(run);
        var done = 0;
        foreach (var at in most < 0 ? places : places.Take((int)Math.Min(most, int.MaxValue)))
        {
            builder.Append(text, done, at).Append(put);
            done = at + old.Text.Length;
        }

        return builder.Append(text, done, text.Text.Length).ToText();
    }

    /// <summary>The items, which must be texts, with this one between.</summary>
    private static TextValue Join(Evaluation run, TextValue separator, JinjaValue items)
    {
        var builder = new TextBuilder(run);
        var isFirst = true;
        foreach (var item in Iteration.Items(run, items))
        {
            run.Step();
            if (!isFirst)
            {
                builder.Append(separator);
            }

            builder.Append(RequireText(run, "join", item));
            isFirst = false;
        }

        return builder.ToText();
    }

    /// <summary>The value as a text; another kind is an error.</summary>
    public static TextValue RequireText(Evaluation run, string function, JinjaValue value) =>
        value as TextValue ?? throw run.Fail($"{function}: found a {value.TypeName}, expected a text{(value is UndefinedValue missing ? $" ({missing.Problem})" : "")}");

    private static TextValue Strip(Evaluation run, TextValue text, string name, CallArguments arguments) =>
        Strip(run, text, arguments.Bind(run, name, 0, "chars")[0], left: name[0] != 'r', right: name[0] != 'l');

    private static IEnumerable<int> Gaps(TextValue text)
    {
        for (var i = 0; i < text.Text.Length; i = text.Next(i))
        {
            yield return i;
        }

        yield return text.Text.Length;
    }

    private static TextValue Part(Evaluation run, TextValue text, int start, int end)
    {
        run.Create(end - start);
        return text.Slice(start, end);
    }

    private static string Text(Evaluation run, string name, CallArguments arguments)
    {
        var text = RequireText(run, name, arguments.Bind(run, name, 1, "text")[0]!).Text;
        run.Touch(text.Length);
        return text;
    }

    private static TextValue Mapped(Evaluation run, TextValue text, string name, CallArguments arguments, Func<Evaluation, TextValue, TextValue> map)
    {
        arguments.Bind(run, name, 0);
        return map(run, text);
    }

    private static BoolValue HasEnd(Evaluation run, TextValue text, string name, CallArguments arguments, Func<string, string, bool> test)
    {
        var end = arguments.Bind(run, name, 1, "text")[0]!;
        bool Has(JinjaValue wanted)
        {
            run.Step();
            run.Touch((wanted as TextValue)?.Text.Length ?? 0);
            return test(text.Text, RequireText(run, name, wanted).Text);
        }

        return BoolValue.Of(end is ListValue { Kind: SequenceKind.Tuple } several ? several.Items.Any(Has) : Has(end));
    }

    private static IntValue Position(Evaluation run, TextValue text, string name, CallArguments arguments, bool isLast)
    {
        var values = arguments.Bind(run, name, 1, "sub", "start", "end");
        var part = RequireText(run, name, values[0]!).Text;
        var within = values[1] is null && values[2] is null ? text : (TextValue)Slicing.Cut(run, text, values[1], values[2], null);
        var first = within == text ? 0 : Slicing.Start(run, text, values[1]);
        run.Touch(2L * text.Text.Length);
        var matches = part.Length > 0 ? SubstringSearch.Matches(run, within.Text, part, overlapping: true)
            : first > text.Count ? [] : [isLast ? within.Text.Length : 0];
        var at = isLast ? matches.LastOrDefault(-1) : matches.FirstOrDefault(-1);
        return at >= 0 ? IntValue.Of(first + within.IndexOf(at))
            : name is "find" or "rfind" ? IntValue.Of(-1) : throw run.Fail($"{name}: the text has no such part");
    }

    private static BoolValue All(Evaluation run, TextValue text, string name, CallArguments arguments, Func<Rune, bool> test)
    {
        arguments.Bind(run, name, 0);
        run.Touch(text.Text.Length);
        return BoolValue.Of(text.Text.Length > 0 && text.Text.EnumerateRunes().All(test));
    }

    private static BoolValue IsCase(Evaluation run, TextValue text, string name, CallArguments arguments, UnicodeCategory wanted, UnicodeCategory other)
    {
        arguments.Bind(run, name, 0);
        run.Touch(text.Text.Length);
        var kinds = text.Text.EnumerateRunes().Select(Rune.GetUnicodeCategory).ToHashSet();
        return BoolValue.Of(kinds.Contains(wanted) && !kinds.Contains(other) && !kinds.Contains(UnicodeCategory.TitlecaseLetter));
    }
}
