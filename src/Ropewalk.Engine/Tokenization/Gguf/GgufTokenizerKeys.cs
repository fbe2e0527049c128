namespace Ropewalk.Engine.Tokenization;

/// <summary>The metadata keys of a tokenizer in a GGUF file.</summary>
internal static class GgufTokenizerKeys
{
    /// <summary>The kind of tokenizer: <see cref="SentencePiece"/>, <see cref="ByteLevel"/>, <see cref="WordPiece"/> or one of those not read.</summary>
    public const string Model = "tokenizer.ggml.model";

    /// <summary>Name of the rule that cuts a text into words.</summary>
    public const string Pre = "tokenizer.ggml.pre";

    /// <summary>The tokens, by id.</summary>
    public const string Tokens = "tokenizer.ggml.tokens";

    /// <summary>A <see cref="GgufTokenType"/> for each token.</summary>
    public const string Types = "tokenizer.ggml.token_type";

    /// <summary>A score for each token: SentencePiece joins the pair whose token has the highest.</summary>
    public const string Scores = "tokenizer.ggml.scores";

    /// <summary>The merges of a byte-level tokenizer, best first, "left right".</summary>
    public const string Merges = "tokenizer.ggml.merges";

    /// <summary>Id of the token that begins a text.</summary>
    public const string Bos = "tokenizer.ggml.bos_token_id";

    /// <summary>Id of the token that ends a text.</summary>
    public const string Eos = "tokenizer.ggml.eos_token_id";

    /// <summary>Id of the token that ends a turn, where that is another.</summary>
    public const string EndOfTurn = "tokenizer.ggml.eot_token_id";

    /// <summary>Id of the token that ends a message, where that is another.</summary>
    public const string EndOfMessage = "tokenizer.ggml.eom_token_id";

    /// <summary>Id of the unknown token.</summary>
    public const string Unknown = "tokenizer.ggml.unknown_token_id";

    /// <summary>Id of the token that fills a batch up.</summary>
    public const string Padding = "tokenizer.ggml.padding_token_id";

    /// <summary>Id of the token that ends a text of BERT's; the key is spelled so.</summary>
    public const string Separator = "tokenizer.ggml.seperator_token_id";

    /// <summary>Whether BERT's tokenizer makes a text lower case.</summary>
    public const string Lowercase = "tokenizer.ggml.normalizer.lowercase";

    /// <summary>Whether BERT's tokenizer takes accents off; where absent, as <see cref="Lowercase"/>.</summary>
    public const string StripAccents = "tokenizer.ggml.normalizer.strip_accents";

    /// <summary>Whether each text begins with the token for that.</summary>
    public const string AddBos = "tokenizer.ggml.add_bos_token";

    /// <summary>Whether each text ends with the token for that.</summary>
    public const string AddEos = "tokenizer.ggml.add_eos_token";

    /// <summary>Whether a space is put before a text.</summary>
    public const string AddSpacePrefix = "tokenizer.ggml.add_space_prefix";

    /// <summary>How a dialogue becomes a text; kept, not interpreted.</summary>
    public const string ChatTemplate = "tokenizer.chat_template";

    /// <summary>The whole tokenizer.json that the file was made from.</summary>
    public const string HuggingFace = "tokenizer.huggingface.json";

    /// <summary>Value of <see cref="Model"/>: byte-pair encoding of SentencePiece's kind.</summary>
    public const string SentencePiece = "llama";

    /// <summary>Value of <see cref="Model"/>: byte-pair encoding of GPT-2's kind.</summary>
    public const string ByteLevel = "gpt2";

    /// <summary>Value of <see cref="Model"/>: WordPiece, as BERT has it.</summary>
    public const string WordPiece = "bert";
}
