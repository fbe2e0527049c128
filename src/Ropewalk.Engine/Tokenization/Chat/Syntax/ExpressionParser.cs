using System.Globalization;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Reads expressions. From loosest to tightest: if, or, and, not, comparisons, + -, ~, * / // %, **, signs, then
/// attributes, calls, filters and tests behind an operand.</summary>
/// <param name="tokens">What is read.</param>
internal sealed class ExpressionParser(TokenStream tokens)
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

    /// <summary>Reads "| filter" as often as it is there.</summary>
    /// <param name="target">What is filtered; null in front of a block.</param>
    public FilterExpression? ParseFilters(Expression? target)
    {
        FilterExpression? filter = null;
        while (tokens.TryOperator("|"))
        {
            filter = ParseFilter(filter ?? target);
        }

        return filter;
    }

    /// <summary>Reads a filter's name and arguments.</summary>
    public FilterExpression ParseFilter(Expression? target)
    {
        var name = tokens.Expect(TokenKind.Name, "a filter's name");
        if (Filters.Find(name.Text) is null)
        {
            throw tokens.Source.Unsupported(name.Line, "the filter " + TemplateSource.Quote(name.Text), Filters.Supported);
        }

        return new FilterExpression(name.Line, target, name.Text, tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty);
    }

    /// <summary>Reads (a, b=c).</summary>
    public ArgumentList ParseArguments()
    {
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        tokens.ExpectOperator("(");
        while (!tokens.TryOperator(")"))
        {
            if (tokens.Current.IsOperator("*") || tokens.Current.IsOperator("**"))
            {
                throw tokens.Source.Unsupported(tokens.Line, "a list or map spread over arguments", "arguments one by one");
            }

            if (tokens.Current.Kind == TokenKind.Name && tokens.Following.IsOperator("="))
            {
                var name = tokens.Take().Text;
                tokens.Take();
                named.Add((name, Parse()));
            }
            else if (named.Count > 0)
            {
                throw tokens.Unexpected("a named argument, since one stands before");
            }
            else
            {
                positional.Add(Parse());
            }

            if (!tokens.Current.IsOperator(")"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new ArgumentList(positional, named);
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

    private TestExpression ParseTest(Expression value)
    {
        tokens.Take();
        var isNot = tokens.TryName("not");
        var name = tokens.Expect(TokenKind.Name, "a test's name");
        if (Tests.Find(name.Text) is null)
        {
            throw tokens.Source.Unsupported(name.Line, "the test " + TemplateSource.Quote(name.Text), Tests.Supported);
        }

        var arguments = ArgumentList.Empty;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (StartsOperand() && !tokens.Current.IsName("else") && !tokens.Current.IsName("or") && !tokens.Current.IsName("and"))
        {
            // "is divisibleby 3": one argument may do without its brackets, and binds tighter than a filter.
            tokens.Enter();
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], []);
            tokens.Leave();
        }

        return new TestExpression(name.Line, value, name.Text, arguments, isNot);
    }

    private bool StartsOperand() =>
        tokens.Current.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float
        || tokens.Current.IsOperator("[") || tokens.Current.IsOperator("{");

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            var line = tokens.Line;
            if (tokens.TryOperator("."))
            {
                value = tokens.Current.Kind == TokenKind.Integer
                    ? new ItemExpression(line, value, ParseNumber())
                    : new AttributeExpression(line, value, tokens.Expect(TokenKind.Name, "a name or a number behind the point").Text);
            }
            else if (tokens.TryOperator("["))
            {
                value = ParseItem(line, value);
            }
            else if (tokens.Current.IsOperator("("))
            {
                value = new CallExpression(line, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseItem(int line, Expression target)
    {
        Expression? start = tokens.Current.IsOperator(":") ? null : Parse();
        if (start is not null && tokens.TryOperator("]"))
        {
            return new ItemExpression(line, target, start);
        }

        tokens.ExpectOperator(":");
        var stop = SlicePart();
        var step = tokens.TryOperator(":") ? SlicePart() : null;
        tokens.ExpectOperator("]");
        return new SliceExpression(line, target, start, stop, step);
    }

    private Expression? SlicePart() => tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]") ? null : Parse();

    private Expression ParsePrimary()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name when !IsKeyword(token.Text):
                tokens.Take();
                return token.Text switch
                {
                    "true" or "True" => new ConstantExpression(token.Line, BoolValue.True),
                    "false" or "False" => new ConstantExpression(token.Line, BoolValue.False),
                    "none" or "None" => new ConstantExpression(token.Line, NoneValue.Instance),
                    var name => new NameExpression(token.Line, name),
                };
            case TokenKind.String:
                var text = new System.Text.StringBuilder();
                while (tokens.Current.Kind == TokenKind.String)
                {
                    text.Append(tokens.Take().Text);
                }

                return new ConstantExpression(token.Line, new TextValue(text.ToString()));
            case TokenKind.Integer or TokenKind.Float:
                return ParseNumber();
            case TokenKind.Operator when tokens.TryOperator("("):
                var inner = tokens.Current.IsOperator(")") ? new SequenceExpression(token.Line, [], SequenceKind.Tuple) : ParseTuple();
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when tokens.TryOperator("["):
                return ParseList(token.Line);
            case TokenKind.Operator when tokens.TryOperator("{"):
                return ParseMap(token.Line);
            default:
                throw tokens.Unexpected("a value");
        }
    }

    private ConstantExpression ParseNumber()
    {
        var token = tokens.Take();
        var digits = token.Text.Replace("_", "");
        if (token.Kind == TokenKind.Float)
        {
            return new ConstantExpression(token.Line, new FloatValue(double.Parse(digits, CultureInfo.InvariantCulture)));
        }

        long value;
        var isRead = digits.Length < 2 || digits[0] != '0'
            ? long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            : TryPrefixed(digits, out value);
        return isRead
            ? new ConstantExpression(token.Line, IntValue.Of(value))
            : throw tokens.Source.Syntax(token.Line, "the number " + TemplateSource.Quote(token.Text), "a whole number below 2^63, with zeros in front only as 0x, 0o and 0b");
    }

    private static bool TryPrefixed(string digits, out long value)
    {
        value = 0;
        var isHexadecimal = digits[1] is 'x' or 'X';
        if (isHexadecimal || digits[1] is 'b' or 'B')
        {
            return long.TryParse(digits.AsSpan(2), isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value)
                && value >= 0;
        }

        if (digits[1] is not ('o' or 'O'))
        {
            return digits.AsSpan().Trim('0').IsEmpty;
        }

        foreach (var digit in digits.AsSpan(2))
        {
            if (value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) + digit - '0';
        }

        return true;
    }

    private SequenceExpression ParseList(int line)
    {
        var items = new List<Expression>();
        while (!tokens.TryOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.Current.IsOperator("]"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new SequenceExpression(line, items, SequenceKind.List);
    }

    private MapExpression ParseMap(int line)
    {
        var items = new List<(Expression, Expression)>();
        while (!tokens.TryOperator("}"))
        {
            var key = Parse();
            tokens.ExpectOperator(":");
            items.Add((key, Parse()));
            if (!tokens.Current.IsOperator("}"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new MapExpression(line, items);
    }
}
