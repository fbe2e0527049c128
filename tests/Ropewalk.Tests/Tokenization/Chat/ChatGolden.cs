using System.Text.Json;
using Ropewalk.Engine.Tokenization.Chat;

namespace Ropewalk.Tests.Tokenization.Chat;

/// <summary>What Jinja itself made of templates; Golden/make_chat_templates.py tells how the file was made.</summary>
internal static class ChatGolden
{
    public static string Folder { get; } = Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden");

    public static JsonElement Root { get; } = JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, "chat_templates.json")));

    public static IReadOnlyDictionary<string, JsonElement> Conversations { get; } =
        JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, "chat", "conversations.json"))).EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);

    /// <summary>The time that the file was made at, as strftime_now told it.</summary>
    public static TimeProvider Clock { get; } = new FixedClock(new DateTimeOffset(Root.GetProperty("now").GetDateTime(), TimeSpan.Zero));

    public static IReadOnlyDictionary<string, JsonElement> Fields(JsonElement json) => json.EnumerateObject().ToDictionary(f => f.Name, f => f.Value);

    public static IReadOnlyList<ChatMessage> Messages(string conversation) =>
        ChatMessage.FromJson(Conversations[conversation].GetProperty("messages"), conversation);

    public static ChatOptions Options(string conversation)
    {
        var fields = Conversations[conversation];
        JsonElement? Optional(string name) => fields.TryGetProperty(name, out var value) ? value : null;
        return new ChatOptions
        {
            AddGenerationPrompt = Optional("add_generation_prompt")?.GetBoolean() ?? true,
            Tools = Optional("tools"),
            Documents = Optional("documents"),
            Variables = Optional("variables") is { } variables ? Fields(variables) : null,
            SpecialTokens = Fields(Root.GetProperty("tokens")).ToDictionary(t => t.Key, t => t.Value.GetString()!),
            Clock = Clock,
        };
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
