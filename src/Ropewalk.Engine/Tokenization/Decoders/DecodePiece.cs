using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>One token on its way to text, in a stream: either text or, once a decoder has made them, bytes.</summary>
internal sealed class DecodePiece
{
    private byte[]? _bytes;

    public DecodePiece(string text, bool isFirst, string? previous)
    {
        Text = text;
        IsFirst = isFirst;
        Previous = previous;
    }

    /// <summary>The text, or null where the piece has become bytes.</summary>
    public string? Text { get; private set; }

    /// <summary>Whether the stream starts with this token.</summary>
    public bool IsFirst { get; }

    /// <summary>The token before it as the vocabulary spells it, or null where there was none.</summary>
    public string? Previous { get; }

    /// <summary>The bytes that the piece stands for.</summary>
    public byte[] Bytes => _bytes ?? Encoding.UTF8.GetBytes(Text!);

    public void Become(string text) => Text = text;

    public void Become(byte[] bytes)
    {
        Text = null;
        _bytes = bytes;
    }
}
