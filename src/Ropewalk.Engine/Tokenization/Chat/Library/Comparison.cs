namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Equality, order and membership as Python has them.</summary>
internal static class Comparison
{
    /// <summary>Whether "a sign b" is true.</summary>
    public static bool Holds(Evaluation run, string sign, JinjaValue a, JinjaValue b) => sign switch
    {
        "==" => AreEqual(run, a, b),
        "!=" => !AreEqual(run, a, b),
        "in" => Contains(run, b, a),
        "not in" => !Contains(run, b, a),
        _ => IsOrdered(run, sign, a, b),
    };

    /// <summary>Whether two values are equal; values of different kinds are not, but for numbers.</summary>
    public static bool AreEqual(Evaluation run, JinjaValue a, JinjaValue b)
    {
        if (a is TextValue x && b is TextValue y)
        {
            run.Touch(Math.Min(x.Text.Length, y.Text.Length));
            return x.Text == y.Text;
        }

        if (ReferenceEquals(a, b) && a is not FloatValue)
        {
            return true;
        }

        run.Enter();
        var areEqual = (a, b) switch
        {
            (ListValue l, ListValue r) => l.Kind == r.Kind && l.Items.Count == r.Items.Count && AreAllEqual(run, l, r),
            (MapValue l, MapValue r) => l.Count == r.Count && AreAllEqual(run, l, r),
            (UndefinedValue, UndefinedValue) => true,
            _ => Numbers.AreEqual(a, b),
        };
        run.Leave();
        return areEqual;
    }

    /// <summary>Less than, equal to or greater than 0 as a comes before, with or behind b.</summary>
    public static int Order(Evaluation run, JinjaValue a, JinjaValue b) => IsOrdered(run, "<", a, b) ? -1 : IsOrdered(run, "<", b, a) ? 1 : 0;

    /// <summary>Whether the container has the item: a text its part, a map its key.</summary>
    public static bool Contains(Evaluation run, JinjaValue container, JinjaValue item)
    {
        switch (container)
        {
            case TextValue text:
                return item is TextValue part ? SubstringSearch.Contains(run, text.Text, part.Text)
                    : throw run.Fail($"only a text can be in a text, not a {item.TypeName}{(item is UndefinedValue missing ? $" ({missing.Problem})" : "")}");
            case MapValue map:
                return KeyComparer.IsKey(item) || item is UndefinedValue ? map.TryGet(run, item, out _) : throw run.Fail($"a {item.TypeName} cannot be a key of a map");
            case ListValue or IteratorValue or UndefinedValue:
                foreach (var candidate in Iteration.Items(run, container))
                {
                    if (AreEqual(run, candidate, item))
                    {
                        return true;
                    }
                }

                return false;
            default:
                throw run.Fail($"nothing can be in a {container.TypeName}");
        }
    }

    private static bool AreAllEqual(Evaluation run, ListValue a, ListValue b)
    {
        run.Step(a.Items.Count);
        for (var i = 0; i < a.Items.Count; i++)
        {
            if (!AreEqual(run, a.Items[i], b.Items[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreAllEqual(Evaluation run, MapValue a, MapValue b)
    {
        run.Step(a.Count);
        foreach (var (key, value) in a.Items)
        {
            if (!b.TryGet(run, key, out var other) || !AreEqual(run, value, other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOrdered(Evaluation run, string sign, JinjaValue a, JinjaValue b)
    {
        run.Step();
        int order;
        switch (a, b)
        {
            case (TextValue x, TextValue y):
                run.Touch(Math.Min(x.Text.Length, y.Text.Length));
                order = OrderTexts(x.Text, y.Text);
                break;
            case (ListValue x, ListValue y) when x.Kind == y.Kind && x.Kind is SequenceKind.List or SequenceKind.Tuple:
                run.Enter();
                var i = 0;
                while (i < x.Items.Count && i < y.Items.Count && AreEqual(run, x.Items[i], y.Items[i]))
                {
                    i++;
                }

                order = i < x.Items.Count && i < y.Items.Count ? Order(run, x.Items[i], y.Items[i]) : x.Items.Count.CompareTo(y.Items.Count);
                run.Leave();
                break;
            case (UndefinedValue missing, _):
                throw run.Fail($"{missing.Problem}, so it has no order");
            case (_, UndefinedValue missing):
                throw run.Fail($"{missing.Problem}, so it has no order");
            default:
                if (Numbers.ToDouble(a) is null || Numbers.ToDouble(b) is null)
                {
                    throw run.Fail($"a {a.TypeName} and a {b.TypeName} have no order");
                }

                if (Numbers.Compare(a, b) is not { } compared)
                {
                    // Nothing is true of NaN.
                    return false;
                }

                order = compared;
                break;
        }

        return sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    /// <summary>By characters as Python has them: those beyond 16 bits come last, though their surrogates do not.</summary>
    private static int OrderTexts(string a, string b)
    {
        var at = a.AsSpan().CommonPrefixLength(b);
        if (at == a.Length || at == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        var (x, y) = (a[at], b[at]);
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }
}
