using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>How a model wants a conversation written: a template in the part of Jinja that chat templates use, run by an interpreter of our
/// own. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// A template is a program that comes with a model from a stranger. It sees texts, numbers, lists and maps and nothing else; what it
/// may cost is limited (<see cref="ChatLimits"/>); what it asks for and we do not have is an error that names it.
/// Text comes out as from Hugging Face's apply_chat_template, character for character.
/// </remarks>
public sealed class ChatTemplate
{
    private readonly Block _body;
    private readonly TemplateSource _source;
    private readonly ChatLimits _limits;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;
    private readonly ChatTemplate? _withTools;

    private ChatTemplate(ChatTemplateText text, ChatLimits limits, IReadOnlyDictionary<string, string> specialTokens, ChatTemplate? withTools)
    {
        _source = text.Source;
        if (text.Text.Length > limits.TemplateCharacters)
        {
            throw new CheckpointFormatException(_source.File, _source.Key ?? "length", $"{text.Text.Length} characters", $"at most {limits.TemplateCharacters}");
        }

        Text = text.Text;
        _body = TemplateParser.Parse(text.Text, _source, limits);
        _limits = limits;
        _specialTokens = specialTokens;
        _withTools = withTools;
    }

    /// <summary>The template as it stands in its file.</summary>
    public string Text { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="file">Names it in complaints.</param>
    /// <param name="limits">What it may cost, or null for <see cref="ChatLimits.Default"/>.</param>
    /// <exception cref="CheckpointFormatException">It is not well-formed, or too long.</exception>
    /// <exception cref="UnsupportedCheckpointException">It uses a statement, filter or test that is not supported.</exception>
    public static ChatTemplate Parse(string text, string file, ChatLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ChatTemplate(new ChatTemplateText(text, new TemplateSource(file, null)), limits ?? ChatLimits.Default, new Dictionary<string, string>(StringComparer.Ordinal), null);
    }

    /// <summary>Reads the template of a model, and the special tokens that it may write.</summary>
    /// <param name="path">A Hugging Face folder (chat_template.jinja, or chat_template in tokenizer_config.json) or a GGUF file.</param>
    /// <param name="name">Of several templates which one. Null takes the one called "default", or where the messages come with tools
    /// and there is one the one called "tool_use".</param>
    /// <param name="limits">What it may cost, or null for <see cref="ChatLimits.Default"/>.</param>
    /// <exception cref="CheckpointFormatException">There is no template of that name, or it is not well-formed.</exception>
    /// <exception cref="UnsupportedCheckpointException">It uses a statement, filter or test that is not supported.</exception>
    public static ChatTemplate Load(string path, string? name = null, ChatLimits? limits = null)
    {
        limits ??= ChatLimits.Default;
        var files = File.Exists(path) ? ChatTemplateFiles.OfGguf(path) : ChatTemplateFiles.OfFolder(path);
        var withTools = name is null && files.Templates.TryGetValue(ChatTemplateFiles.ToolUse, out var toolUse)
            ? new ChatTemplate(toolUse, limits, files.SpecialTokens, null) : null;
        return new ChatTemplate(files.Required(path, name ?? ChatTemplateFiles.Default), limits, files.SpecialTokens, withTools);
    }

    /// <summary>The conversation as one text.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">What else the template is given, or null for <see cref="ChatOptions.Default"/>.</param>
    /// <exception cref="ChatTemplateException">The template refuses these messages, does not fit them, or passes a limit.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) => Run(messages, options).Text;

    /// <summary>The conversation in stretches: the template's own words, and what came with the messages, tools and documents.</summary>
    /// <inheritdoc cref="Render"/>
    public IReadOnlyList<ChatSegment> RenderSegments(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null)
    {
        var text = Run(messages, options);
        var segments = new List<ChatSegment>();
        var done = 0;
        foreach (var (start, end) in text.Foreign)
        {
            if (start > done)
            {
                segments.Add(new ChatSegment(text.Text[done..start], IsContent: false));
            }

            segments.Add(new ChatSegment(text.Text[start..end], IsContent: true));
            done = end;
        }

        if (done < text.Text.Length)
        {
            segments.Add(new ChatSegment(text.Text[done..], IsContent: false));
        }

        return segments;
    }

    /// <summary>The conversation as the tokens that a model continues.</summary>
    /// <remarks>
    /// Special tokens in the template's own words are special; those that somebody wrote into a message, a tool's description or a
    /// document are the characters they consist of, so nobody ends his own turn and speaks as the system. Here this differs from Hugging
    /// Face's apply_chat_template, which finds special tokens anywhere in the rendered text; <see cref="ChatOptions.MatchSpecialTokensInContent"/>
    /// asks for that. Where no message contains a special token both give the same ids: words are cut across the seams as in one text.
    /// Nothing is put around the text: a template writes its bos_token itself.
    /// </remarks>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="options">What else the template is given, or null for <see cref="ChatOptions.Default"/>.</param>
    /// <exception cref="ChatTemplateException">The template refuses these messages, does not fit them, or passes a limit.</exception>
    public int[] Encode(Tokenizer tokenizer, IReadOnlyList<ChatMessage> messages, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var text = Run(messages, options);
        return options is { MatchSpecialTokensInContent: true }
            ? tokenizer.Encode(text.Text, addSpecialTokens: false)
            : tokenizer.Encode(text.Text, text.Foreign);
    }

    private TextValue Run(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= ChatOptions.Default;
        if (_withTools is not null && options.Tools is not null)
        {
            return _withTools.Run(messages, options);
        }

        var run = new Evaluation(_source, _limits, options.Clock);
        var scope = new Scope(null);
        foreach (var (name, token) in _specialTokens.Concat(options.SpecialTokens ?? new Dictionary<string, string>(StringComparer.Ordinal)))
        {
            scope.Set(name, new TextValue(token));
        }

        foreach (var (name, value) in options.Variables ?? new Dictionary<string, System.Text.Json.JsonElement>(StringComparer.Ordinal))
        {
            scope.Set(name, ChatValues.FromJson(value, isForeign: false));
        }

        scope.Set("messages", new ListValue([.. messages.Select(m => m.ToValue())]));
        scope.Set("tools", options.Tools is { } tools ? ChatValues.FromJson(tools, isForeign: true) : NoneValue.Instance);
        scope.Set("documents", options.Documents is { } documents ? ChatValues.FromJson(documents, isForeign: true) : NoneValue.Instance);
        scope.Set("add_generation_prompt", BoolValue.Of(options.AddGenerationPrompt));

        // What a template sets does not hide what the caller gave from its macros, nor stays for the next rendering.
        _body.Execute(run, new Scope(scope));
        return run.Output.ToText();
    }
}
