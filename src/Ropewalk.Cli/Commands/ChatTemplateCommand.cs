using System.CommandLine;
using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Tokenization.Chat;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk chat-template: a conversation as the text, or the tokens, that a model continues.</summary>
internal static class ChatTemplateCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var messages = new Option<string>("--messages") { HelpName = "FILE.json", Description = "The conversation: a list such as [{\"role\": \"user\", \"content\": \"Hello\"}].", Required = true };
        var tools = new Option<string?>("--tools") { HelpName = "FILE.json", Description = "Descriptions of tools, a list as the template wants it." };
        var noPrompt = new Option<bool>("--no-generation-prompt") { Description = "End after the last message instead of where the model's answer starts." };
        var tokens = new Option<bool>("--tokens") { Description = "Print token ids instead of the text. Special tokens inside of messages are text; only the template's own are special." };
        var json = Options.Json();
        var command = new Command("chat-template", "Write a conversation as the model's chat template does. Example: ropewalk chat-template my-model --messages chat.json --tokens")
        {
            model, messages, tools, noPrompt, tokens, json,
        };
        command.SetAction(parsed => CommandHost.Run(error, null, _ =>
        {
            var path = parsed.GetValue(model)!;
            var template = ChatTemplate.Load(path);
            var conversation = ChatMessage.Read(parsed.GetValue(messages)!);
            var options = new ChatOptions
            {
                AddGenerationPrompt = !parsed.GetValue(noPrompt),
                Tools = parsed.GetValue(tools) is { } file ? JsonFile.Read(file) : (JsonElement?)null,
            };
            var segments = template.RenderSegments(conversation, options);
            var ids = parsed.GetValue(tokens) ? template.Encode(Tokenizer.Load(path), conversation, options) : null;
            var text = string.Concat(segments.Select(s => s.Text));
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new { Model = path, Text = text, Segments = segments, Tokens = ids, TokenCount = ids?.Length }));
            }
            else
            {
                output.WriteLine(ids is null ? text : string.Join(' ', ids));
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
