using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Writes the text's UTF-8 bytes in the byte alphabet.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override string Normalize(string text) =>
        string.Create(Encoding.UTF8.GetByteCount(text), text, static (to, from) => ByteAlphabet.Map(from, to));
}
