using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>How values print: a text as it is, everything else as Python's str and repr have it.</summary>
internal static class Printing
{
    /// <summary>The text that {{ value }} writes.</summary>
    public static TextValue ToText(Evaluation run, JinjaValue value)
    {
        switch (value)
        {
            case TextValue text:
                return text;
            case UndefinedValue:
                return TextValue.Empty;
            default:
                var builder = new TextBuilder(run);
                AppendRepr(run, builder, value);
                return builder.ToText();
        }
    }

    private static void AppendRepr(Evaluation run, TextBuilder builder, JinjaValue value)
    {
        run.Enter();
        run.Step();
        switch (value)
        {
            case TextValue text:
                AppendQuoted(builder, text);
                break;
            case IntValue i:
                builder.Append(i.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue f:
                builder.Append(Numbers.Print(f.Value));
                break;
            case BoolValue b:
                builder.Append(b.IsTrue ? "True" : "False");
                break;
            case NoneValue:
                builder.Append("None");
                break;
            case UndefinedValue:
                builder.Append("Undefined");
                break;
            case MapValue map:
                AppendMap(run, builder, map);
                break;
            case ListValue { Kind: not SequenceKind.Range } list:
                AppendList(run, builder, list);
                break;
            case FunctionValue { IsMacro: true } macro:
                builder.Append($"<Macro '{macro.Name}'>");
                break;
            case IteratorValue or ListValue:
                throw run.Fail($"a {value.TypeName} cannot be printed; its items can: | list");
            default:
                throw run.Fail($"a {value.TypeName} cannot be printed");
        }

        run.Leave();
    }

    private static void AppendList(Evaluation run, TextBuilder builder, ListValue list)
    {
        var isTuple = list.Kind == SequenceKind.Tuple;
        builder.Append(isTuple ? "(" : list.Kind == SequenceKind.List ? "[" : list.TypeName + "([");
        for (var i = 0; i < list.Items.Count; i++)
        {
            builder.Append(i > 0 ? ", " : "");
            AppendRepr(run, builder, list.Items[i]);
        }

        builder.Append(isTuple ? (list.Items.Count == 1 ? ",)" : ")") : list.Kind == SequenceKind.List ? "]" : "])");
    }

    private static void AppendMap(Evaluation run, TextBuilder builder, MapValue map)
    {
        builder.Append("{");
        var separator = "";
        foreach (var (key, value) in map.Items)
        {
            builder.Append(separator);
            AppendRepr(run, builder, key);
            builder.Append(": ");
            AppendRepr(run, builder, value);
            separator = ", ";
        }

        builder.Append("}");
    }

    /// <summary>Single quotes, unless there are only such inside; what cannot be seen as an escape.</summary>
    private static void AppendQuoted(TextBuilder builder, TextValue text)
    {
        var quote = text.Text.Contains('\'') && !text.Text.Contains('"') ? '"' : '\'';
        builder.Append([quote]);
        for (var i = 0; i < text.Text.Length; i = text.Next(i))
        {
            var end = text.Next(i);
            var isRune = Rune.TryGetRuneAt(text.Text, i, out var rune);
            var escape = !isRune ? $"\\u{(int)text.Text[i]:x4}"
                : rune.Value == quote || rune.Value == '\\' ? $"\\{(char)rune.Value}"
                : rune.Value switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", ' ' => null, _ => Hidden(rune) };
            if (escape is null)
            {
                builder.Append(text, i, end);
            }
            else
            {
                builder.Append(escape, text.IsForeign(i));
            }
        }

        builder.Append([quote]);
    }

    private static string? Hidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator =>
            rune.Value <= 0xFF ? $"\\x{rune.Value:x2}" : rune.Value <= 0xFFFF ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}",
        _ => null,
    };
}
