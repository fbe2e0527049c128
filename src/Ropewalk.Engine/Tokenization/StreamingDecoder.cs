using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Decodes tokens one by one and never gives half a character: bytes wait until their character is complete.</summary>
/// <remarks>For valid UTF-8 the parts joined are what <see cref="Tokenizer.Decode"/> gives for all ids. For invalid bytes the
/// number of U+FFFD may differ (a byte-fallback tokenizer's Decode gives one for each byte of a run that is broken anywhere,
/// which nobody can know in the middle of it). Not for use by several threads.</remarks>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private bool _isFirst;
    private int? _previous;

    /// <summary>Starts a stream.</summary>
    /// <param name="tokenizer">Whose ids are decoded.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="continuesText">True where the tokens follow others, as a completion follows its prompt: then a leading
    /// space is kept that would be dropped at the start of a text.</param>
    public StreamingDecoder(Tokenizer tokenizer, bool skipSpecialTokens = true, bool continuesText = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _isFirst = !continuesText;
    }

    /// <summary>The text that is complete now that <paramref name="id"/> has come; often empty in the middle of a character.</summary>
    /// <exception cref="Positions.UserInputException">The id is not in the vocabulary.</exception>
    public string Append(int id)
    {
        if (_skipSpecialTokens && _tokenizer.IsSpecial(id))
        {
            return "";
        }

        var bytes = _tokenizer.DecodeBytes(id, _isFirst, _previous);
        _isFirst = false;
        _previous = id;
        return Chars(bytes, flush: false);
    }

    /// <summary>Ends the stream: bytes that still wait become U+FFFD.</summary>
    public string Flush() => Chars([], flush: true);

    private string Chars(byte[] bytes, bool flush)
    {
        var chars = new char[_utf8.GetCharCount(bytes, flush)];
        return new string(chars, 0, _utf8.GetChars(bytes, chars, flush));
    }
}
