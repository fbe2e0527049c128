namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Reads expressions. From loosest to tightest: if, or, and, not, comparisons, + -, ~, * / // %, **, signs, then
/// attributes, calls, filters and tests behind an operand.</summary>
/// <param name="tokens">What is read.</param>
internal sealed partial class ExpressionParser(TokenStream tokens)
{
    private static readonly string[] s_keywords = ["and", "or", "not", "if", "elif", "else", "is", "in"];
    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Whether a word is part of the language and names nothing.</summary>
    public static bool IsKeyword(string word) => s_keywords.Contains(word);

    /// <summary>Reads an expression, with "a if b else c" at the top.</summary>
    public Expression Parse()
    {
        tokens.Enter();
        var line = tokens.Line;
        var value = ParseWithoutCondition();
        while (tokens.TryName("if"))
        {
            var condition = ParseWithoutCondition();
            value = new ConditionalExpression(line, value, condition, tokens.TryName("else") ? Parse() : null);
        }

        tokens.Leave();
        return value;
    }

    /// <summary>Reads an expression that ends before an "if", as that of a loop does.</summary>
    public Expression ParseWithoutCondition()
    {
        tokens.Enter();
        var left = ParseAnd();
        while (tokens.Current.IsName("or"))
        {
            left = new LogicExpression(tokens.Take().Line, isAnd: false, left, ParseAnd());
        }

        tokens.Leave();
        return left;
    }

    /// <summary>Reads one expression, or several with commas, which are a tuple.</summary>
    public Expression ParseTuple(bool withCondition = true)
    {
        var line = tokens.Line;
        var first = withCondition ? Parse() : ParseWithoutCondition();
        if (!tokens.Current.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (tokens.TryOperator(",") && !IsTupleEnd())
        {
            items.Add(withCondition ? Parse() : ParseWithoutCondition());
        }

        return new SequenceExpression(line, items, SequenceKind.Tuple);
    }

    private bool IsTupleEnd() =>
        tokens.Current.Kind is TokenKind.OutputEnd or TokenKind.StatementEnd or TokenKind.End || tokens.Current.IsOperator(")");

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.Current.IsName("and"))
        {
            left = new LogicExpression(tokens.Take().Line, isAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!tokens.Current.IsName("not"))
        {
            return ParseComparison();
        }

        tokens.Enter();
        var not = new UnaryExpression(tokens.Take().Line, "not", ParseNot());
        tokens.Leave();
        return not;
    }

    private Expression ParseComparison()
    {
        var line = tokens.Line;
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (tokens.Current.Kind == TokenKind.Operator && s_comparisons.Contains(tokens.Current.Text))
            {
                rest.Add((tokens.Take().Text, ParseSum()));
            }
            else if (tokens.TryName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (tokens.Current.IsName("not") && tokens.Following.IsName("in"))
            {
                tokens.Take();
                tokens.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new CompareExpression(line, first, rest);
            }
        }
    }

    private Expression ParseSum() => ParseLeft(ParseConcat, "+", "-");

    private Expression ParseConcat()
    {
        var line = tokens.Line;
        var first = ParseProduct();
        if (!tokens.Current.IsOperator("~"))
        {
            return first;
        }

        var parts = new List<Expression> { first };
        while (tokens.TryOperator("~"))
        {
            parts.Add(ParseProduct());
        }

        return new ConcatExpression(line, parts);
    }

    private Expression ParseProduct() => ParseLeft(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseLeft(() => ParseSigned(withFilters: true), "**");

    private Expression ParseLeft(Func<Expression> operand, params string[] signs)
    {
        var left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && signs.Contains(tokens.Current.Text))
        {
            var sign = tokens.Take();
            left = new BinaryExpression(sign.Line, sign.Text, left, operand());
        }

        return left;
    }

    private Expression ParseSigned(bool withFilters)
    {
        Expression value;
        if (tokens.Current.IsOperator("-") || tokens.Current.IsOperator("+"))
        {
            tokens.Enter();
            var sign = tokens.Take();
            value = new UnaryExpression(sign.Line, sign.Text, ParseSigned(withFilters: false));
            tokens.Leave();
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.Current.IsOperator("|"))
            {
                value = ParseFilters(value)!;
            }
            else if (tokens.Current.IsName("is"))
            {
                value = ParseTest(value);
            }
            else if (tokens.Current.IsOperator("("))
            {
                value = new CallExpression(tokens.Line, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }
}
