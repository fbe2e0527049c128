using System.Text;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Puts a text together, keeping which characters came with the messages, and charges the run for each.</summary>
/// <param name="run">Whose limits hold.</param>
internal sealed class TextBuilder(Evaluation run)
{
    private readonly StringBuilder _text = new();
    private readonly List<TextRange> _foreign = [];

    /// <summary>Characters so far.</summary>
    public int Length => _text.Length;

    /// <summary>Appends characters.</summary>
    public TextBuilder Append(ReadOnlySpan<char> text, bool isForeign = false)
    {
        if (text.IsEmpty)
        {
            return this;
        }

        run.Create(text.Length);
        run.CheckLength(_text.Length + (long)text.Length);
        if (isForeign)
        {
            Mark(_text.Length, _text.Length + text.Length);
        }

        _text.Append(text);
        return this;
    }

    /// <summary>Appends a whole text.</summary>
    public TextBuilder Append(TextValue text) => Append(text, 0, text.Text.Length);

    /// <summary>Appends the characters from one offset up to another.</summary>
    public TextBuilder Append(TextValue text, int start, int end)
    {
        var at = _text.Length;
        Append(text.Text.AsSpan(start, end - start));
        for (var i = text.FirstRangeEndingAfter(start); i < text.Foreign.Length && text.Foreign[i].Start < end; i++)
        {
            Mark(at + Math.Max(text.Foreign[i].Start, start) - start, at + Math.Min(text.Foreign[i].End, end) - start);
        }

        return this;
    }

    /// <summary>The text.</summary>
    public TextValue ToText() => _text.Length == 0 ? TextValue.Empty : new TextValue(_text.ToString(), [.. _foreign]);

    private void Mark(int start, int end)
    {
        if (_foreign.Count > 0 && _foreign[^1].End == start)
        {
            _foreign[^1] = new TextRange(_foreign[^1].Start, end);
        }
        else
        {
            _foreign.Add(new TextRange(start, end));
        }
    }
}
