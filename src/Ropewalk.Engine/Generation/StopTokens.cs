using System.Collections.Frozen;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Engine.Generation;

/// <summary>The tokens that end what a model writes: those that end a text, and in a model made for conversations those that end its turn,
/// which the tokenizer does not name as the end of a text.</summary>
public static class StopTokens
{
    /// <summary>Files often name one end and leave out another; llama.cpp knows these by their spelling, and so do we in its files.</summary>
    private static readonly string[] s_names =
    [
        "</s>", "<eos>", "[EOS]", "<EOT>", "_<EOT>", "[EOT]", "[e~[", "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>",
        "<|end_of_text|>", "<|return|>", "<|call|>", "<|calls|>", "<|flush|>", "<end_of_turn>", "<end_of_utterance>", "<turn|>", "<|tool_response>",
        "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
    ];

    /// <summary>No token ends the text.</summary>
    public static IReadOnlySet<int> None { get; } = FrozenSet<int>.Empty;

    /// <summary>What the tokenizer calls the end; of a folder all of eos_token_id in generation_config.json and config.json; of a GGUF file the ends of
    /// texts, turns and messages that it names, and the tokens that are known as such by their spelling.</summary>
    /// <param name="model">Folder or GGUF file.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="vocabularySize">Tokens that the model gives logits for; ids beyond are left out, as nothing can choose them.</param>
    /// <exception cref="Formats.CheckpointFormatException">A file is damaged.</exception>
    public static IReadOnlySet<int> Of(string model, Tokenizer tokenizer, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var named = Directory.Exists(model) ? OfFolder(model) : OfGguf(model, tokenizer);
        return named.Append(tokenizer.EosToken).OfType<int>().Where(id => id >= 0 && id < vocabularySize).ToFrozenSet();
    }

    private static IEnumerable<int?> OfFolder(string folder) =>
        from name in (string[])["generation_config.json", "config.json"]
        let path = Path.Combine(folder, name)
        where File.Exists(path)
        from id in new ConfigFields(JsonFile.Read(path), path).OptionalIntOrList("eos_token_id", int.MinValue, int.MaxValue) ?? []
        select (int?)id;

    private static List<int?> OfGguf(string path, Tokenizer tokenizer)
    {
        using var gguf = GgufSet.Open(path);
        var keys = new[] { GgufTokenizerKeys.Eos, GgufTokenizerKeys.EndOfTurn, GgufTokenizerKeys.EndOfMessage }.Select(key => gguf.Metadata.OptionalInt(key, int.MinValue, int.MaxValue));
        var known = s_names.ToDictionary(name => name, tokenizer.TokenId, StringComparer.Ordinal);
        bool Has(string name) => known.GetValueOrDefault(name) is not null;

        // Where others end the message, these two only end a part of it.
        if ((Has("<|call|>") || Has("<|calls|>")) && (Has("<|return|>") || Has("<|flush|>")))
        {
            known.Remove("<|end|>");
        }

        if (Has("<|tool_response>"))
        {
            known.Remove("</s>");
        }

        return [.. keys, .. known.Values];
    }
}
