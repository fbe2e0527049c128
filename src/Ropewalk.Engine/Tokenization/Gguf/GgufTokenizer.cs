namespace Ropewalk.Engine.Tokenization;

/// <summary>What a GGUF file says of its tokenizer.</summary>
public sealed record GgufTokenizer
{
    /// <summary>Encodes as llama.cpp does with the same file; with an embedded tokenizer.json, as that says.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The same tokenizer as a tokenizer.json in UTF-8: the embedded one byte for byte, or one made from the tables.</summary>
    public required byte[] TokenizerJson { get; init; }

    /// <summary>A tokenizer_config.json in UTF-8 to go with it: names of the special tokens, what is added, the chat template.</summary>
    public required byte[] TokenizerConfigJson { get; init; }

    /// <summary>The chat template as it stands in the file, or null. Not interpreted.</summary>
    public required string? ChatTemplate { get; init; }

    /// <summary>What the file leaves open or contradicts; one line each, to be shown.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
