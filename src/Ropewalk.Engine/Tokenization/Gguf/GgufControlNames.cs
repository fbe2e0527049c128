namespace Ropewalk.Engine.Tokenization;

/// <summary>Names that llama.cpp takes for control tokens (ends of texts, parts of fill-in-the-middle) whatever the file says of
/// their type, since many files say it wrong.</summary>
internal static class GgufControlNames
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "</s>", "<eos>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "[PAD]", "[e~[",
        "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<|return|>", "<|call|>",
        "<|calls|>", "<|flush|>", "<end_of_turn>", "<end_of_utterance>", "<turn|>", "<|tool_response>",
        "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
        "<PRE>", "<SUF>", "<MID>", "<PAD>", "<REPO>", "<reponame>", "\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>",
        "<fim-prefix>", "<fim-suffix>", "<fim-middle>", "<fim-pad>", "<fim-repo>",
        "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>",
        "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|fim_repo|>", "<|repo_name|>", "<|file_sep|>",
        "<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>", "<|prefix|>", "<|suffix|>", "<|middle|>",
        "<\uFF5Cfim\u2581begin\uFF5C>", "<\uFF5Cfim\u2581hole\uFF5C>", "<\uFF5Cfim\u2581end\uFF5C>",
    };

    /// <summary>The type that llama.cpp works with.</summary>
    public static GgufTokenType TypeOf(string text, GgufTokenType type) =>
        Names.Contains(text) && type is (GgufTokenType.Normal or GgufTokenType.UserDefined or GgufTokenType.Undefined) ? GgufTokenType.Control : type;
}
