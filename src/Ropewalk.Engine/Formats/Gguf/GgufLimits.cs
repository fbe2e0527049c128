namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>What a file may ask for; reader and writer keep to the same.</summary>
internal static class GgufLimits
{
    /// <summary>Oldest version that is read; version 1 had 32-bit lengths.</summary>
    public const uint OldestVersion = 2;

    /// <summary>Newest version that is read, and the one that is written.</summary>
    public const uint NewestVersion = 3;

    /// <summary>Bytes for metadata and tensor descriptions together. The largest vocabularies with their merges take a tenth of it.</summary>
    public const long HeaderBytes = 256L << 20;

    /// <summary>Most key-value pairs; models have less than a hundred.</summary>
    public const ulong Pairs = 1 << 16;

    /// <summary>Most tensors of one file; models with hundreds of experts have some ten thousand.</summary>
    public const ulong Tensors = 1 << 20;

    /// <summary>Longest key, as the format's description says.</summary>
    public const int KeyBytes = 65_535;

    /// <summary>Longest tensor name: ggml keeps 64 bytes with the zero at the end.</summary>
    public const int NameBytes = 63;

    /// <summary>Most dimensions of a tensor.</summary>
    public const int Rank = 4;

    /// <summary>Largest size of a tensor, so that sums of two sizes and paddings cannot overflow.</summary>
    public const long TensorBytes = 1L << 62;

    /// <summary>Alignment of the tensors' bytes where the metadata has none.</summary>
    public const uint DefaultAlignment = 32;

    /// <summary>Largest alignment: the largest memory page of any system in use.</summary>
    public const uint LargestAlignment = 1 << 16;

    /// <summary>The key that sets the alignment.</summary>
    public const string AlignmentKey = "general.alignment";

    /// <summary>Bytes of the shortest pair: length and one character of the key, type, a value of one byte.</summary>
    public const int ShortestPairBytes = 8 + 1 + 4 + 1;

    /// <summary>Bytes of the shortest tensor description: length and one character of the name, rank, one extent, type, offset.</summary>
    public const int ShortestTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

    /// <summary>What an alignment must be.</summary>
    public const string AlignmentRule = "a power of two from 1 to 65536 stored as u32";

    /// <summary>What a key must be.</summary>
    public const string KeyRule = "1 to 65535 printable ASCII characters without capitals";

    private const string TemplatePrefix = "tokenizer.chat_template.";

    /// <summary>Whether an alignment can be read.</summary>
    public static bool IsAlignment(uint alignment) =>
        alignment is > 0 and <= LargestAlignment && (alignment & (alignment - 1)) == 0;

    /// <summary>Whether a key can be read. The names of chat templates are the one part that converters take from elsewhere with its capitals.</summary>
    public static bool IsKey(string key)
    {
        var capitalsFrom = key.StartsWith(TemplatePrefix, StringComparison.Ordinal) ? TemplatePrefix.Length : key.Length;
        return key.Length is > 0 and <= KeyBytes
            && !key.AsSpan().ContainsAnyExceptInRange('!', '~')
            && !key.AsSpan(0, capitalsFrom).ContainsAnyInRange('A', 'Z');
    }

    /// <summary>The next multiple of the alignment.</summary>
    public static long Align(long bytes, uint alignment) => (bytes + alignment - 1) & -(long)alignment;
}
