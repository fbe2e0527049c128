using System.Text.Json;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>llamacpp-tokens.json: what llama.cpp makes of texts with tokenizers that we wrote. llamacpp-tokens.py made it.</summary>
internal static class LlamaCppTokens
{
    private static readonly Lazy<JsonElement> Root = new(() => JsonElement.Parse(File.ReadAllBytes(
        Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Tokenization", "Gguf", "llamacpp-tokens.json"))));

    /// <summary>Digest of the tables that llama.cpp read.</summary>
    public static string Digest(string name) => Root.Value.GetProperty("tables").GetProperty(name).GetString()!;

    /// <summary>Texts with their ids, special tokens in the text matched or taken as plain text.</summary>
    public static (string Text, int[] Ids, int[] IdsOfPlainText)[] Cases(string name) =>
        [.. Root.Value.GetProperty("cases").GetProperty(name).EnumerateArray().Select(c =>
            (c.GetProperty("text").GetString()!, Ids(c.GetProperty("ids")), Ids(c.GetProperty("ids_of_plain_text"))))];

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(i => i.GetInt32())];
}
