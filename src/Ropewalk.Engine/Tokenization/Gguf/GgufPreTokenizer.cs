namespace Ropewalk.Engine.Tokenization;

/// <summary>What a value of tokenizer.ggml.pre stands for.</summary>
/// <param name="Names">The values; a writer uses the first.</param>
/// <param name="Steps">How a text is cut into words.</param>
/// <param name="IgnoreMerges">A word that is a token is taken as such.</param>
/// <param name="AddsBos">Whether a text begins with the token for that where the file does not say.</param>
/// <remarks>The steps are those of the models' own files. For gpt-4o and tekken llama.cpp has a pattern of its own, which takes
/// letters beyond ASCII for upper and lower case at once; there a word such as an accented lower-case letter followed by an
/// upper-case one is cut here and not there. No entry normalises (Qwen's own tokenizers apply NFC, llama.cpp does not).</remarks>
internal sealed record GgufPreTokenizer(string[] Names, PreTokenizerStep[] Steps, bool IgnoreMerges = false, bool AddsBos = false)
{
    private const string Gpt4oTail = @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string CapitalsThenSmall = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+";
    private const string CapitalsMaybeSmall = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*";
    private const string Contractions = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Bloom = " ?[^(\\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+";

    private static readonly PreTokenizerStep Bytes = PreTokenizerStep.ByteLevel(regex: false);

    private static readonly GgufPreTokenizer[] All =
    [
        new(["gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "gigachat", "a.x-4.0", "mellum", "exaone4"],
            [PreTokenizerStep.ByteLevel(regex: true)]),
        new(["gpt-2"], [PreTokenizerStep.Split(Gpt2Scanner.Pattern), Bytes]),
        new(["gpt-2"], [PreTokenizerStep.Split(Gpt2Scanner.PatternShort), Bytes]),
        new(["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"],
            [PreTokenizerStep.Split(Llama3Scanner.Llama3Pattern), Bytes], IgnoreMerges: true, AddsBos: true),
        new(["dbrx", "smaug-bpe", "chatglm-bpe", "glm4"], [PreTokenizerStep.Split(Llama3Scanner.Llama3Pattern), Bytes]),
        new(["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2", "kormo", "f2llmv2"],
            [PreTokenizerStep.Split(Llama3Scanner.Qwen2Pattern), Bytes]),
        new(["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"],
            [PreTokenizerStep.Digits(each: true), PreTokenizerStep.ByteLevel(regex: true)]),
        new(["falcon"],
            [PreTokenizerStep.Punctuation, PreTokenizerStep.ByteLevel(regex: true), PreTokenizerStep.Digits(each: false),
             PreTokenizerStep.Split("[0-9][0-9][0-9]")]),
        new(["deepseek-coder"],
            [PreTokenizerStep.Split(@"[\r\n]"), PreTokenizerStep.Split(@"\s?\p{L}+"), PreTokenizerStep.Split(@"\s?\p{P}+"),
             PreTokenizerStep.Split("[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+"), PreTokenizerStep.Digits(each: true), Bytes]),
        new(["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"],
            [PreTokenizerStep.Split(@"\p{N}{1,3}"), PreTokenizerStep.Split("[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+"),
             PreTokenizerStep.Split(@"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
             Bytes]),
        new(["qwen35"],
            [PreTokenizerStep.Split(Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), Bytes]),
        new(["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"],
            [PreTokenizerStep.Split($"{CapitalsThenSmall}{Contractions}?|{CapitalsMaybeSmall}{Contractions}?{Gpt4oTail}"), Bytes]),
        new(["tekken"],
            [PreTokenizerStep.Split($@"{CapitalsThenSmall}|{CapitalsMaybeSmall}|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"), Bytes],
            IgnoreMerges: true, AddsBos: true),
        new(["bloom", "poro-chat", "gpt3-finnish"], [PreTokenizerStep.Split(Bloom), Bytes]),
        new(["viking"], [PreTokenizerStep.Split(Bloom), PreTokenizerStep.Digits(each: true), Bytes]),
        new(["default"],
            [PreTokenizerStep.Split(@"[\p{P}$+<=>^~|]+"), PreTokenizerStep.Split(Gpt2Scanner.Pattern), PreTokenizerStep.Split(@"\p{N}+"),
             PreTokenizerStep.Split("[0-9][0-9][0-9]"), Bytes]),
    ];

    /// <summary>The values that are known, for a complaint.</summary>
    public static string Supported { get; } = string.Join(", ", All.SelectMany(p => p.Names).Distinct(StringComparer.Ordinal));

    /// <summary>Whether a model of the table splits by this pattern.</summary>
    public static bool HasPattern(string pattern) => Array.Exists(All, p => p.Steps.Contains(PreTokenizerStep.Split(pattern)));

    /// <summary>What a value stands for, or null.</summary>
    public static GgufPreTokenizer? Find(string name) => Array.Find(All, p => p.Names.Contains(name, StringComparer.Ordinal));

    /// <summary>The value for a pre-tokenizer of this shape, or null.</summary>
    public static string? NameOf(IReadOnlyCollection<PreTokenizerStep> steps, bool ignoreMerges) =>
        Array.Find(All, p => p.IgnoreMerges == ignoreMerges && p.Steps.SequenceEqual(steps))?.Names[0];
}
