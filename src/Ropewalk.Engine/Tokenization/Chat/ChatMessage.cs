using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>One message of a conversation: a role, and mostly a content; with tools also other fields.</summary>
public sealed class ChatMessage
{
    private const long MaximumBytes = 256 << 20;
    private const string RoleKey = "role";
    private const string ContentKey = "content";

    private readonly string? _content;
    private readonly JsonElement? _fields;

    /// <summary>A message with a text.</summary>
    /// <param name="role">Who speaks: mostly system, user, assistant or tool.</param>
    /// <param name="content">The text.</param>
    public ChatMessage(string role, string content)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(content);
        Role = role;
        _content = content;
    }

    private ChatMessage(string role, JsonElement fields)
    {
        Role = role;
        _fields = fields;
    }

    /// <summary>Who speaks.</summary>
    public string Role { get; }

    /// <summary>Reads messages: a list of objects, each with a "role"; "content" is a text or a list of parts, other fields are the template's business.</summary>
    /// <param name="messages">The list.</param>
    /// <param name="file">Names it in complaints.</param>
    /// <exception cref="CheckpointFormatException">It is something else.</exception>
    public static IReadOnlyList<ChatMessage> FromJson(JsonElement messages, string file)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            throw new CheckpointFormatException(file, "messages", "something else than a list", "a list of messages, each with a role and a content");
        }

        var list = new List<ChatMessage>();
        foreach (var message in messages.EnumerateArray())
        {
            list.Add(message.ValueKind == JsonValueKind.Object && message.TryGetProperty(RoleKey, out var role) && role.ValueKind == JsonValueKind.String
                ? new ChatMessage(role.GetString()!, message)
                : throw new CheckpointFormatException(file, $"[{list.Count}]", "something else than an object with a \"role\"", "a message such as {\"role\": \"user\", \"content\": \"Hello\"}"));
        }

        return list;
    }

    /// <summary>Reads a JSON file of messages.</summary>
    /// <exception cref="CheckpointFormatException">The file is missing, no JSON or no such list.</exception>
    public static IReadOnlyList<ChatMessage> Read(string path) => FromJson(JsonFile.Read(path, MaximumBytes), path);

    /// <summary>The message as a template sees it.</summary>
    internal MapValue ToValue()
    {
        if (_fields is { } fields)
        {
            var message = (MapValue)ChatValues.FromJson(fields, isForeign: true);
            message.Set(RoleKey, RoleValue());
            return message;
        }

        var map = new MapValue();
        map.Set(RoleKey, RoleValue());
        map.Set(ContentKey, new TextValue(_content!, isForeign: true));
        return map;
    }

    /// <summary>Templates build special tokens from roles ("&lt;|" + role + "|&gt;"), so a role that is a plain word counts as the
    /// template's own; one that is not could be anything, and counts as typed.</summary>
    private TextValue RoleValue() => new(Role, isForeign: !Role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));
}
