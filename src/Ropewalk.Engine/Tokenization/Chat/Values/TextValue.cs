namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A text that knows which of its characters came with the messages. Every operation carries that along, so that at the end
/// the words of a user can be told from the template's own.</summary>
internal sealed class TextValue : JinjaValue
{
    private readonly bool _hasSurrogates;

    /// <param name="text">The characters.</param>
    /// <param name="foreign">Those that came with the messages: in order, not touching, not empty.</param>
    public TextValue(string text, TextRange[] foreign)
    {
        Text = text;
        Foreign = foreign;
        _hasSurrogates = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
    }

    /// <summary>A text of the template's own, or all of it from the messages.</summary>
    public TextValue(string text, bool isForeign = false)
        : this(text, isForeign && text.Length > 0 ? [new TextRange(0, text.Length)] : [])
    {
    }

    /// <summary>No characters.</summary>
    public static TextValue Empty { get; } = new("");

    /// <summary>The characters.</summary>
    public string Text { get; }

    /// <summary>Those that came with the messages.</summary>
    public TextRange[] Foreign { get; }

    /// <inheritdoc/>
    public override string TypeName => "str";

    /// <inheritdoc/>
    public override bool IsTrue => Text.Length > 0;

    /// <summary>Length as Python counts it: a pair of surrogates is one character.</summary>
    public int Count
    {
        get
        {
            if (!_hasSurrogates)
            {
                return Text.Length;
            }

            var count = 0;
            for (var i = 0; i < Text.Length; i = Next(i))
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Where Python's character of this number starts; the end for the one after the last.</summary>
    public int OffsetOf(int index)
    {
        if (!_hasSurrogates)
        {
            return index;
        }

        var offset = 0;
        for (; index > 0; index--)
        {
            offset = Next(offset);
        }

        return offset;
    }

    /// <summary>The number of Python's character that starts at an offset.</summary>
    public int IndexOf(int offset) => _hasSurrogates ? new TextValue(Text[..offset]).Count : offset;

    /// <summary>Where the character after this one starts.</summary>
    public int Next(int offset) =>
        offset + 1 < Text.Length && char.IsSurrogatePair(Text[offset], Text[offset + 1]) ? offset + 2 : offset + 1;

    /// <summary>Whether a character came with the messages.</summary>
    public bool IsForeign(int offset)
    {
        var range = FirstRangeEndingAfter(offset);
        return range < Foreign.Length && Foreign[range].Start <= offset;
    }

    /// <summary>The first range that ends after an offset, or the number of ranges.</summary>
    public int FirstRangeEndingAfter(int offset)
    {
        var (low, high) = (0, Foreign.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Foreign[middle].End > offset ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>The characters from one offset up to another.</summary>
    public TextValue Slice(int start, int end)
    {
        if (start == 0 && end == Text.Length)
        {
            return this;
        }

        if (start >= end)
        {
            return Empty;
        }

        var first = FirstRangeEndingAfter(start);
        var ranges = new List<TextRange>();
        for (var i = first; i < Foreign.Length && Foreign[i].Start < end; i++)
        {
            ranges.Add(new TextRange(Math.Max(Foreign[i].Start, start) - start, Math.Min(Foreign[i].End, end) - start));
        }

        return new TextValue(Text[start..end], [.. ranges]);
    }
}
