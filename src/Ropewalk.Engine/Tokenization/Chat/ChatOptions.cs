using System.Text.Json;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What a template is given beside the messages.</summary>
public sealed record ChatOptions
{
    /// <summary>The options that hold where none are given.</summary>
    public static ChatOptions Default { get; } = new();

    /// <summary>Whether the text ends where the model's answer starts.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Descriptions of tools, a list; the template sees none without.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Documents to answer from, a list; the template sees none without.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Other variables of the template, as enable_thinking. Texts in them count as the template's own.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>Special tokens by their names, as bos_token; they come before those of the model's files.</summary>
    public IReadOnlyDictionary<string, string>? SpecialTokens { get; init; }

    /// <summary>What the template's strftime_now tells.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether <see cref="ChatTemplate.Encode"/> takes special tokens that are written inside of messages as such, as
    /// Hugging Face does. Off, a user who types &lt;|im_end|&gt; has typed ten characters.</summary>
    public bool MatchSpecialTokensInContent { get; init; }
}
