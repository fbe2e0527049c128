namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Reads a template's statements. What is not known is refused by name, never passed over.</summary>
internal sealed class TemplateParser
{
    private const int MostParameters = 100;
    private const string Supported = "if, for, break, continue, set, macro, call, filter, with, generation, raw";
    private static readonly string[] s_constants = ["true", "false", "none", "True", "False", "None"];

    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(TokenStream tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
    }

    /// <summary>Reads a whole template.</summary>
    /// <exception cref="Formats.CheckpointFormatException">It is not well-formed.</exception>
    /// <exception cref="Formats.UnsupportedCheckpointException">It asks for something that is not supported.</exception>
    public static Block Parse(string template, TemplateSource source, ChatLimits limits)
    {
        var parser = new TemplateParser(new TokenStream(TemplateLexer.Read(template, source), source, limits.Depth));
        return parser.ParseBody(parent: null, startLine: 1);
    }

    /// <summary>Reads statements up to one of the words, which is left for the caller behind the start of its tag.</summary>
    private Block ParseBody(string? parent, int startLine, params string[] ends)
    {
        _tokens.Enter();
        var statements = new List<Statement>();
        var line = _tokens.Line;
        while (true)
        {
            var token = _tokens.Take();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    statements.Add(new TextStatement(token.Line, token.Text));
                    break;
                case TokenKind.OutputStart:
                    statements.Add(new OutputStatement(token.Line, _expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.OutputEnd, "'}}'");
                    break;
                case TokenKind.StatementStart when _tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text):
                    _tokens.Leave();
                    return new Block(line, statements);
                case TokenKind.StatementStart:
                    statements.Add(ParseStatement());
                    break;
                case TokenKind.End when parent is null:
                    _tokens.Leave();
                    return new Block(line, statements);
                default:
                    throw _tokens.Source.Syntax(startLine, $"'{parent}' without an end", $"{{% {ends[^1]} %}}");
            }
        }
    }

    private Statement ParseStatement()
    {
        var word = _tokens.Expect(TokenKind.Name, "a statement");
        return word.Text switch
        {
            "if" => ParseIf(word.Line),
            "for" => ParseFor(word.Line),
            "break" => ParseLoopControl(word.Line, Flow.Break),
            "continue" => ParseLoopControl(word.Line, Flow.Continue),
            "set" => ParseSet(word.Line),
            "macro" => ParseMacro(word.Line),
            "call" => ParseCall(word.Line),
            "filter" => ParseFilter(word.Line),
            "with" => ParseWith(word.Line),
            "generation" => new ScopeStatement(word.Line, [], EndedBody(word.Line, "generation", "endgeneration", reachesLoops: false)),
            "elif" or "else" or "endif" or "endfor" or "endset" or "endmacro" or "endcall" or "endfilter" or "endwith" or "endgeneration" or "endraw" =>
                throw _tokens.Source.Syntax(word.Line, TemplateSource.Quote(word.Text), "the statement that it belongs to, before it"),
            _ => throw _tokens.Source.Unsupported(word.Line, "the statement " + TemplateSource.Quote(word.Text), Supported),
        };
    }

    private void EndTag() => _tokens.Expect(TokenKind.StatementEnd, "'%}'");

    /// <summary>Reads a body with the tags around it.</summary>
    /// <param name="line">Where it starts.</param>
    /// <param name="parent">The statement.</param>
    /// <param name="end">Its end.</param>
    /// <param name="reachesLoops">Whether a break inside may end a loop outside.</param>
    private Block EndedBody(int line, string parent, string end, bool reachesLoops)
    {
        EndTag();
        var loops = _loops;
        _loops = reachesLoops ? loops : 0;
        var body = ParseBody(parent, line, end);
        _loops = loops;
        _tokens.Take();
        EndTag();
        return body;
    }

    private IfStatement ParseIf(int line)
    {
        var branches = new List<(Expression?, Block)>();
        Expression? condition = _expressions.ParseTuple(withCondition: false);
        while (true)
        {
            EndTag();
            var body = condition is null ? ParseBody("if", line, "endif") : ParseBody("if", line, "elif", "else", "endif");
            branches.Add((condition, body));
            switch (_tokens.Take().Text)
            {
                case "elif":
                    condition = _expressions.ParseTuple(withCondition: false);
                    break;
                case "else":
                    condition = null;
                    break;
                default:
                    EndTag();
                    return new IfStatement(line, branches);
            }
        }
    }

    private ForStatement ParseFor(int line)
    {
        var target = ParseTarget(withAttributes: false, isTupleAllowed: true);
        if (!_tokens.TryName("in"))
        {
            throw _tokens.Unexpected("'in'");
        }

        var items = _expressions.ParseTuple(withCondition: false);
        var condition = _tokens.TryName("if") ? _expressions.Parse() : null;
        if (_tokens.Current.IsName("recursive"))
        {
            throw _tokens.Source.Unsupported(_tokens.Line, "a recursive loop", "loops, and macros that call themselves");
        }

        EndTag();
        _loops++;
        var body = ParseBody("for", line, "else", "endfor");
        _loops--;
        Block? otherwise = null;
        if (_tokens.Take().Text == "else")
        {
            EndTag();
            otherwise = ParseBody("for", line, "endfor");
            _tokens.Take();
        }

        EndTag();
        return new ForStatement(line, target, items, condition, body, otherwise);
    }

    private LoopControlStatement ParseLoopControl(int line, Flow flow)
    {
        EndTag();
        return _loops > 0 ? new LoopControlStatement(line, flow)
            : throw _tokens.Source.Syntax(line, $"'{(flow == Flow.Break ? "break" : "continue")}' outside of a loop", "it inside of one");
    }

    private Statement ParseSet(int line)
    {
        var target = ParseTarget(withAttributes: true, isTupleAllowed: true);
        if (_tokens.TryOperator("="))
        {
            var value = _expressions.ParseTuple();
            EndTag();
            return new SetStatement(line, target, value);
        }

        var filter = _expressions.ParseFilters(null);
        return new SetBlockStatement(line, target, filter, EndedBody(line, "set", "endset", reachesLoops: false));
    }

    private MacroStatement ParseMacro(int line)
    {
        var name = ParseName();
        return new MacroStatement(line, name, new MacroBody(ParseParameters(), EndedBody(line, "macro", "endmacro", reachesLoops: false)));
    }

    private CallStatement ParseCall(int line)
    {
        var parameters = _tokens.Current.IsOperator("(") ? ParseParameters() : [];
        return _expressions.Parse() is CallExpression call
            ? new CallStatement(line, call, new MacroBody(parameters, EndedBody(line, "call", "endcall", reachesLoops: false)))
            : throw _tokens.Source.Syntax(line, "a 'call' of what is no call", "{% call macro(...) %}");
    }

    private SetBlockStatement ParseFilter(int line)
    {
        var first = _expressions.ParseFilter(null);
        return new SetBlockStatement(line, null, _expressions.ParseFilters(first) ?? first, EndedBody(line, "filter", "endfilter", reachesLoops: false));
    }

    private ScopeStatement ParseWith(int line)
    {
        var values = new List<(AssignTarget, Expression)>();
        while (_tokens.Current.Kind != TokenKind.StatementEnd)
        {
            if (values.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            var target = ParseTarget(withAttributes: false, isTupleAllowed: false);
            _tokens.ExpectOperator("=");
            values.Add((target, _expressions.Parse()));
        }

        return new ScopeStatement(line, values, EndedBody(line, "with", "endwith", reachesLoops: true));
    }

    private List<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        _tokens.ExpectOperator("(");
        while (!_tokens.TryOperator(")"))
        {
            var line = _tokens.Line;
            var name = ParseName();
            var value = _tokens.TryOperator("=") ? _expressions.Parse() : null;
            if (parameters.Any(p => p.Name == name) || (value is null && parameters is [.., { Default: not null }]))
            {
                throw _tokens.Source.Syntax(line, "the parameter " + TemplateSource.Quote(name), "each name once, and those with a default last");
            }

            if (parameters.Count == MostParameters)
            {
                throw _tokens.Source.Syntax(line, "more parameters", $"at most {MostParameters}");
            }

            parameters.Add((name, value));
            if (!_tokens.Current.IsOperator(")"))
            {
                _tokens.ExpectOperator(",");
            }
        }

        return parameters;
    }

    private string ParseName()
    {
        var name = _tokens.Expect(TokenKind.Name, "a name");
        return !s_constants.Contains(name.Text) && !ExpressionParser.IsKeyword(name.Text) ? name.Text
            : throw _tokens.Source.Syntax(name.Line, TemplateSource.Quote(name.Text), "a name that can be set");
    }

    private AssignTarget ParseTarget(bool withAttributes, bool isTupleAllowed)
    {
        _tokens.Enter();
        var first = ParseOneTarget(withAttributes);
        if (isTupleAllowed && _tokens.Current.IsOperator(","))
        {
            var parts = new List<AssignTarget> { first };
            while (_tokens.TryOperator(",") && !_tokens.Current.IsOperator(")"))
            {
                parts.Add(ParseOneTarget(withAttributes));
            }

            first = new AssignTarget(null, null, parts);
        }

        _tokens.Leave();
        return first;
    }

    private AssignTarget ParseOneTarget(bool withAttributes)
    {
        if (_tokens.TryOperator("("))
        {
            var inner = ParseTarget(withAttributes, isTupleAllowed: true);
            _tokens.ExpectOperator(")");
            return inner;
        }

        var name = ParseName();
        return new AssignTarget(name, withAttributes && _tokens.TryOperator(".") ? _tokens.Expect(TokenKind.Name, "an attribute's name").Text : null, null);
    }
}
