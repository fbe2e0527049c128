namespace Ropewalk.Engine.Tokenization;

/// <summary>Encodes a text that comes in parts, with the ids of <see cref="Tokenizer.Encode(string, bool, bool)"/> for the whole text, and keeps no more of it
/// than it must: about twice the longest line (with the blank lines behind it) and a constant.</summary>
/// <remarks>A text is cut at line ends only, and there only where the pre-tokenizer, the normalizer and the added tokens allow it. Of
/// tokenizers about which that is not known the whole text is kept (<see cref="IsBounded"/>). Not for use by several threads.</remarks>
public sealed class StreamingEncoder
{
    private readonly int _partLength;
    private readonly Tokenizer _tokenizer;
    private readonly bool _addSpecialTokens;
    private readonly bool _matchSpecialTokens;
    private readonly TextCutter? _cutter;
    private char[] _text;
    private int _length;
    private int _next;
    private bool _continues;
    private bool _begun;

    /// <summary>Starts a text.</summary>
    /// <param name="tokenizer">Whose ids are wanted.</param>
    /// <param name="addSpecialTokens">Whether the tokens that belong around a text are added.</param>
    /// <param name="matchSpecialTokens">Whether special tokens written in the text are found there.</param>
    public StreamingEncoder(Tokenizer tokenizer, bool addSpecialTokens = true, bool matchSpecialTokens = true)
        : this(tokenizer, addSpecialTokens, matchSpecialTokens, 1 << 16)
    {
    }

    /// <summary>The same with another number of characters between two looks for a place to cut.</summary>
    internal StreamingEncoder(Tokenizer tokenizer, bool addSpecialTokens, bool matchSpecialTokens, int partLength)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _addSpecialTokens = addSpecialTokens;
        _matchSpecialTokens = matchSpecialTokens;
        _partLength = partLength;
        _next = partLength;
        _text = new char[2 * partLength];
        _cutter = TextCutter.Create(tokenizer.Parts);
    }

    /// <summary>Whether exact places to cut are known for this tokenizer; else the whole text is kept until <see cref="Finish"/>.</summary>
    public bool IsBounded => _cutter is not null;

    /// <summary>Takes the next part of the text, which may end anywhere, and appends the ids that are certain by now.</summary>
    public void Append(ReadOnlySpan<char> text, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Begin(ids);
        while (text.Length > 0)
        {
            var taken = Math.Min(text.Length, _partLength);
            if (_length + taken > _text.Length)
            {
                Array.Resize(ref _text, Math.Max(_length + taken, _text.Length + (_text.Length / 2)));
            }

            text[..taken].CopyTo(_text.AsSpan(_length));
            _length += taken;
            text = text[taken..];
            if (_length >= _next && _cutter is not null)
            {
                EncodeWhatIsCertain(ids);
            }
        }
    }

    /// <summary>Ends the text and appends the remaining ids.</summary>
    public void Finish(List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Begin(ids);
        _tokenizer.EncodePart(new string(_text, 0, _length), _continues, _matchSpecialTokens, ids);
        if (_addSpecialTokens)
        {
            ids.AddRange(_tokenizer.Parts.Frame.Suffix);
        }

        (_length, _next, _continues, _begun) = (0, _partLength, false, false);
    }

    private void Begin(List<int> ids)
    {
        if (!_begun && _addSpecialTokens)
        {
            ids.AddRange(_tokenizer.Parts.Frame.Prefix);
        }

        _begun = true;
    }

    private void EncodeWhatIsCertain(List<int> ids)
    {
        var place = _cutter!.Last(_text.AsSpan(0, _length));
        if (place > 0)
        {
            _tokenizer.EncodePart(new string(_text, 0, place), _continues, _matchSpecialTokens, ids);
            _text.AsSpan(place, _length - place).CopyTo(_text);
            _length -= place;
            _continues = true;
        }

        // Looking again pays only when there is as much new text as was looked through in vain.
        _next = _length + Math.Max(_partLength, _length / 2);
    }
}
