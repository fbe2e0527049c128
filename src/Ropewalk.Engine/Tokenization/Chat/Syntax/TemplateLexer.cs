namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Cuts a template into tokens, with Jinja's white space rules as Hugging Face sets them: the line break after a statement or
/// comment goes (trim_blocks), so does white space between a line's start and one (lstrip_blocks), and one line break at the end.</summary>
internal sealed class TemplateLexer
{
    private readonly string _text;
    private readonly TemplateSource _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;

    // Whether what was read last ended a line: white space up to the next tag is then the start of one.
    private bool _atLineStart = true;

    private TemplateLexer(string text, TemplateSource source)
    {
        _text = text;
        _source = source;
    }

    /// <summary>The tokens of a template; the last is <see cref="TokenKind.End"/>.</summary>
    public static List<TemplateToken> Read(string template, TemplateSource source)
    {
        var text = template.Replace("\r\n", "\n").Replace('\r', '\n');
        var lexer = new TemplateLexer(text.EndsWith('\n') ? text[..^1] : text, source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_at < _text.Length)
        {
            var open = NextTag();
            if (open < 0)
            {
                AddText(_text.Length, _text.Length);
                break;
            }

            var isOutput = _text[open + 1] == '{';
            var sign = SignAt(open + 2);
            AddText(TextEnd(open, sign, lstrip: !isOutput), open);
            var start = open + 2 + (sign == '\0' ? 0 : 1);
            if (_text[open + 1] == '#')
            {
                SkipComment(start);
            }
            else if (!isOutput && RawStart(start) is { } rawStart)
            {
                ReadRaw(rawStart);
            }
            else
            {
                _tokens.Add(new TemplateToken(isOutput ? TokenKind.OutputStart : TokenKind.StatementStart, isOutput ? "{{" : "{%", _line));
                _at = start;
                ReadTag(isOutput);
            }
        }

        _tokens.Add(new TemplateToken(TokenKind.End, "", _line));
    }

    private int NextTag()
    {
        for (var open = _text.IndexOf('{', _at); open >= 0 && open + 1 < _text.Length; open = _text.IndexOf('{', open + 1))
        {
            if (_text[open + 1] is '{' or '%' or '#')
            {
                return open;
            }
        }

        return -1;
    }

    private char SignAt(int at) => at < _text.Length && _text[at] is '-' or '+' ? _text[at] : '\0';

    /// <summary>Where the text before a tag ends once white space before the tag is gone.</summary>
    private int TextEnd(int open, char sign, bool lstrip)
    {
        var text = _text.AsSpan(_at, open - _at);
        if (sign == '-')
        {
            return _at + PythonSpace.TrimEnd(text).Length;
        }

        var lineStart = text.LastIndexOf('\n') + 1;
        return lstrip && sign != '+' && (lineStart > 0 || _atLineStart) && PythonSpace.TrimEnd(text[lineStart..]).IsEmpty ? _at + lineStart : open;
    }

    private void AddText(int end, int next)
    {
        if (end > _at)
        {
            _tokens.Add(new TemplateToken(TokenKind.Text, _text[_at..end], _line));
        }

        MoveTo(next);
    }

    private void MoveTo(int next)
    {
        _line += _text.AsSpan(_at, next - _at).Count('\n');
        _atLineStart = next > _at && _text[next - 1] == '\n';
        _at = next;
    }

    private void SkipComment(int start)
    {
        var close = _text.IndexOf("#}", start, StringComparison.Ordinal);
        if (close < 0)
        {
            throw _source.Syntax(_line, "a comment without an end", "'#}'");
        }

        // A sign belongs to the end only if it is not the one that belongs to the start.
        var sign = close > start && _text[close - 1] is '-' or '+' ? _text[close - 1] : '\0';
        MoveTo(TagEnd(close + 2, sign, trims: true));
    }

    /// <summary>Where the text goes on after a tag.</summary>
    private int TagEnd(int end, char sign, bool trims)
    {
        if (sign == '-')
        {
            while (end < _text.Length && PythonSpace.Is(_text[end]))
            {
                end++;
            }

            return end;
        }

        return trims && sign != '+' && end < _text.Length && _text[end] == '\n' ? end + 1 : end;
    }

    /// <summary>Where the content of {% raw %} starts, or null if this tag is another.</summary>
    private int? RawStart(int at) =>
        Word(at, "raw") is not { } end ? null
        : At(end, "-%}") ? TagEnd(end + 3, '-', trims: false)
        : At(end, "%}") ? end + 2 : null;

    private void ReadRaw(int start)
    {
        var line = _line;
        MoveTo(start);
        for (var open = _text.IndexOf("{%", start, StringComparison.Ordinal); open >= 0; open = _text.IndexOf("{%", open + 2, StringComparison.Ordinal))
        {
            var sign = SignAt(open + 2);
            if (Word(open + 2 + (sign == '\0' ? 0 : 1), "endraw") is { } end && TryEnd(end, isOutput: false, out var next))
            {
                AddText(TextEnd(open, sign, lstrip: true), open);
                MoveTo(next);
                return;
            }
        }

        throw _source.Syntax(line, "raw without an end", "{% endraw %}");
    }

    /// <summary>Where white space after a word ends, or null if the word is not there.</summary>
    private int? Word(int at, string word)
    {
        at = SkipSpace(at);
        return At(at, word) ? SkipSpace(at + word.Length) : null;
    }

    private int SkipSpace(int at)
    {
        while (at < _text.Length && PythonSpace.Is(_text[at]))
        {
            at++;
        }

        return at;
    }

    private bool At(int at, string word) => string.CompareOrdinal(_text, at, word, 0, word.Length) == 0;

    private bool TryEnd(int at, bool isOutput, out int next)
    {
        var close = isOutput ? "}}" : "%}";
        var sign = at < _text.Length && (_text[at] == '-' || (_text[at] == '+' && !isOutput)) && At(at + 1, close) ? _text[at] : '\0';
        var found = sign != '\0' || At(at, close);
        next = found ? TagEnd(at + close.Length + (sign == '\0' ? 0 : 1), sign, trims: !isOutput) : at;
        return found;
    }

    private void ReadTag(bool isOutput)
    {
        var line = _line;
        var open = new Stack<char>();
        while (_at < _text.Length)
        {
            // Inside of brackets "}}" is two brackets.
            if (open.Count == 0 && TryEnd(_at, isOutput, out var next))
            {
                _tokens.Add(new TemplateToken(isOutput ? TokenKind.OutputEnd : TokenKind.StatementEnd, isOutput ? "}}" : "%}", _line));
                MoveTo(next);
                return;
            }

            if (PythonSpace.Is(_text[_at]))
            {
                MoveTo(SkipSpace(_at));
                continue;
            }

            var (kind, end) = TagScanner.Scan(_text, _at, _source, _line);
            var text = _text[_at..end];
            if (kind == TokenKind.Operator)
            {
                Balance(open, text);
            }

            _tokens.Add(new TemplateToken(kind, kind == TokenKind.String ? StringLiteral.Unescape(text.AsSpan(1, text.Length - 2), _source, _line) : text, _line));
            MoveTo(end);
        }

        throw _source.Syntax(line, "a tag without an end", isOutput ? "'}}'" : "'%}'");
    }

    private void Balance(Stack<char> open, string text)
    {
        switch (text)
        {
            case "(":
                open.Push(')');
                break;
            case "[":
                open.Push(']');
                break;
            case "{":
                open.Push('}');
                break;
            case ")" or "]" or "}" when open.Count == 0 || open.Pop() != text[0]:
                throw _source.Syntax(_line, TemplateSource.Quote(text), "brackets in pairs");
        }
    }
}
