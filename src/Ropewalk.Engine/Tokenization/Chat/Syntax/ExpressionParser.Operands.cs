namespace Ropewalk.Engine.Tokenization.Chat;

/// <content>Operands and what stands behind them.</content>
internal sealed partial class ExpressionParser
{
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

    private ConstantExpression ParseNumber() => new(tokens.Line, NumberLiteral.Read(tokens.Take(), tokens.Source));
}
