using System.Globalization;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The filter tojson as Hugging Face has it: Python's json.dumps, letters beyond ASCII as they are.</summary>
internal sealed class JsonWriter
{
    private readonly Evaluation _run;
    private readonly TextBuilder _builder;
    private readonly bool _isAscii;
    private readonly TextValue? _indent;
    private readonly TextValue _itemSeparator;
    private readonly TextValue _keySeparator;
    private readonly bool _sortsKeys;
    private int _level;

    private JsonWriter(Evaluation run, JinjaValue?[] options)
    {
        _run = run;
        _builder = new TextBuilder(run);
        _isAscii = options[0]?.IsTrue ?? false;
        _indent = options[1] switch
        {
            null or NoneValue => null,
            TextValue text => text,
            var count when Numbers.ToInteger(count) is { } n => Filters.Repeat(run, new TextValue(" "), n),
            var other => throw run.Fail($"tojson: found a {other.TypeName} as indent, expected a number, a text or none"),
        };
        (_itemSeparator, _keySeparator) = options[2] switch
        {
            null or NoneValue => (new TextValue(_indent is null ? ", " : ","), new TextValue(": ")),
            ListValue { Items: [TextValue item, TextValue key] } => (item, key),
            _ => throw run.Fail("tojson: separators are two texts, as (',', ':')"),
        };
        _sortsKeys = options[3]?.IsTrue ?? false;
    }

    /// <summary>The JSON text of a value.</summary>
    /// <param name="run">For limits and complaints.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">ensure_ascii, indent, separators, sort_keys.</param>
    public static TextValue Write(Evaluation run, JinjaValue value, JinjaValue?[] options)
    {
        var writer = new JsonWriter(run, options);
        writer.Append(value);
        return writer._builder.ToText();
    }

    private void Append(JinjaValue value)
    {
        _run.Enter();
        _run.Step();
        switch (value)
        {
            case TextValue text:
                AppendText(text);
                break;
            case ListValue { Kind: SequenceKind.List or SequenceKind.Tuple } list:
                AppendAll("[", list.Items, i => Append(i), "]");
                break;
            case MapValue map:
                IReadOnlyList<KeyValuePair<JinjaValue, JinjaValue>> items = [.. map.Items];
                if (_sortsKeys)
                {
                    items = StableSort.Sort([.. items], (a, b) => Comparison.Order(_run, a.Key, b.Key));
                }

                AppendAll("{", items, AppendMember, "}");
                break;
            case NoneValue or BoolValue or IntValue or FloatValue:
                _builder.Append(Scalar(value));
                break;
            default:
                throw _run.Fail($"tojson: a {value.TypeName} has no form in JSON{(value is UndefinedValue missing ? $" ({missing.Problem})" : "")}");
        }

        _run.Leave();
    }

    private void AppendMember(KeyValuePair<JinjaValue, JinjaValue> member)
    {
        if (member.Key is TextValue text)
        {
            AppendText(text);
        }
        else
        {
            _builder.Append($"\"{Scalar(member.Key)}\"");
        }

        _builder.Append(_keySeparator);
        Append(member.Value);
    }

    private void AppendAll<T>(string open, IReadOnlyList<T> items, Action<T> append, string close)
    {
        _builder.Append(open);
        _level++;
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                _builder.Append(_itemSeparator);
            }

            AppendBreak();
            append(items[i]);
        }

        _level--;
        if (items.Count > 0)
        {
            AppendBreak();
        }

        _builder.Append(close);
    }

    private void AppendBreak()
    {
        if (_indent is null)
        {
            return;
        }

        _builder.Append("\n");
        for (var i = 0; i < _level; i++)
        {
            _builder.Append(_indent);
        }
    }

    private static string Scalar(JinjaValue value) => value switch
    {
        NoneValue => "null",
        BoolValue b => b.IsTrue ? "true" : "false",
        IntValue i => i.Value.ToString(CultureInfo.InvariantCulture),
        FloatValue { Value: var f } => double.IsFinite(f) ? Numbers.Print(f) : double.IsNaN(f) ? "NaN" : f > 0 ? "Infinity" : "-Infinity",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    private void AppendText(TextValue text)
    {
        _builder.Append("\"");
        var start = 0;
        for (var i = 0; i < text.Text.Length; i++)
        {
            if (Escape(text.Text[i]) is { } escape)
            {
                _builder.Append(text, start, i).Append(escape, text.IsForeign(i));
                start = i + 1;
            }
        }

        _builder.Append(text, start, text.Text.Length).Append("\"");
    }

    private string? Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => $"\\u{(int)c:x4}",
        >= '\u007F' when _isAscii && c != '\u007F' => $"\\u{(int)c:x4}",
        _ => null,
    };
}
