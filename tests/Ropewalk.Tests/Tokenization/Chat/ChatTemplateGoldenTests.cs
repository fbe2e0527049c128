using System.Text.Json;
using Ropewalk.Engine.Tokenization.Chat;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Tokenization.Chat;

/// <summary>Templates and expressions against Jinja itself, character for character; where it refuses, so do we.</summary>
public sealed class ChatTemplateGoldenTests
{
    // Where we differ from Jinja on purpose, and why.
    private static readonly Dictionary<string, string> s_deliberate = new(StringComparer.Ordinal)
    {
        ["{{ (-8) ** 0.5 }}"] = "there are no complex numbers",
        ["{{ 5[1:] }}"] = "a slice of a number is an error in Jinja too unless it is folded beforehand",
        ["{{ {'items': 5}.items }}"] = "a method's print shows an address",
        ["{{ l[1,2] }}|"] = "a tuple as a key is refused, not undefined",
        ["{{ l.append(1) }}"] = "lists may be appended to, as in the sandbox that is not immutable",
        ["{% for x in [1] %}{{ loop.nope }}{% endfor %}"] = "an unknown attribute of a loop is an error, not nothing",
    };

    [Fact]
    public void Expressions_give_what_jinja_gives()
    {
        var failures = new List<string>();
        var options = new ChatOptions { Variables = ChatGolden.Fields(ChatGolden.Root.GetProperty("variables")), Clock = ChatGolden.Clock };
        var numCases = 0;
        foreach (var item in ChatGolden.Root.GetProperty("expressions").EnumerateArray())
        {
            var template = item.GetProperty("template").GetString()!;
            if (!s_deliberate.ContainsKey(template))
            {
                numCases++;
                Compare(template, item, () => ChatTemplate.Parse(template, "case.jinja").Render([], options), failures);
            }
        }

        Assert.True(numCases > 370, $"{numCases} cases");
        Assert.True(failures.Count == 0, $"{failures.Count} of {numCases}:\n{string.Join('\n', failures)}");
    }

    [Fact]
    public void Our_templates_render_as_jinja_renders_them() => CompareRenders(
        name => !name.Contains(':'), name => ChatTemplate.Load(Folder(name)), minimum: 150);

    [SharedFact]
    public void Templates_of_real_tokenizers_render_as_jinja_renders_them() => CompareRenders(
        name => name.StartsWith("shared:", StringComparison.Ordinal),
        name => ChatTemplate.Load(SharedData.Path("data", "tokenizers", "huggingface", name["shared:".Length..])), minimum: 30);

    [SharedFact]
    public void Templates_of_gguf_files_render_as_jinja_renders_them() => CompareRenders(
        name => name.StartsWith("gguf:", StringComparison.Ordinal),
        name => ChatTemplate.Load(SharedData.Path("data", "tokenizers", "gguf-vocab", name["gguf:".Length..])), minimum: 15);

    private static string Folder(string name)
    {
        var folder = Directory.CreateTempSubdirectory("ropewalk-chat").FullName;
        File.Copy(Path.Combine(ChatGolden.Folder, "chat", name), Path.Combine(folder, "chat_template.jinja"));
        return folder;
    }

    private static void CompareRenders(Func<string, bool> isWanted, Func<string, ChatTemplate> load, int minimum)
    {
        var failures = new List<string>();
        var templates = new Dictionary<string, ChatTemplate>(StringComparer.Ordinal);
        var numCases = 0;
        foreach (var item in ChatGolden.Root.GetProperty("renders").EnumerateArray())
        {
            var name = item.GetProperty("template").GetString()!;
            if (!isWanted(name))
            {
                continue;
            }

            numCases++;
            var conversation = item.GetProperty("conversation").GetString()!;
            if (!templates.TryGetValue(name, out var template))
            {
                templates[name] = template = load(name);
            }

            // A folder of its own has its own tokens.
            var options = ChatGolden.Options(conversation);
            options = name.Contains(':') && name[0] == 's' ? options with { SpecialTokens = null } : options;
            Compare($"{name} x {conversation}", item, () => template.Render(ChatGolden.Messages(conversation), options), failures);
        }

        Assert.True(numCases >= minimum, $"{numCases} cases");
        Assert.True(failures.Count == 0, $"{failures.Count} of {numCases}:\n{string.Join('\n', failures)}");
    }

    private static void Compare(string name, JsonElement item, Func<string> render, List<string> failures)
    {
        var isError = item.TryGetProperty("error", out var error);
        try
        {
            var text = render();
            if (isError)
            {
                failures.Add($"{Show(name)}: {error.GetString()} wanted, got {Show(text)}");
            }
            else if (text != item.GetProperty("output").GetString())
            {
                failures.Add($"{Show(name)}:\n   wanted {Show(item.GetProperty("output").GetString()!)}\n   got    {Show(text)}");
            }
        }
        catch (RopewalkException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            if (!isError)
            {
                failures.Add($"{Show(name)}:\n   wanted {Show(item.GetProperty("output").GetString()!)}\n   got    {e.Message}");
            }
        }
    }

    private static string Show(string text) => JsonSerializer.Serialize(text);
}
