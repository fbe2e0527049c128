using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization.Chat;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Tokenization.Chat;

/// <summary>Templates that loop, recurse, grow, or reach for what they must not have: one line, soon, in bounded memory.</summary>
public sealed class ChatTemplateLimitTests
{
    private static readonly IReadOnlyList<ChatMessage> s_messages = [new ChatMessage("user", "Hello")];

    public static TheoryData<string, string> Attacks => new()
    {
        { "{% for i in range(10**9) %}x{% endfor %}", "at most 100000" },
        { "{{ 'a' * 10**9 }}", "more than 33,554,432 characters" },
        { "{{ [0] * 10**12 }}", "more than 134,217,728 characters" },
        { "{{ 'a' * 10**18 * 10 }}", "characters" },
        { "{% set s = namespace(t='aaaaaaaa') %}{% for i in range(100) %}{% set s.t = s.t + s.t %}{% endfor %}", "characters" },
        { "{% set s = namespace(l=[1]) %}{% for i in range(100) %}{% set s.l = s.l + s.l %}{% endfor %}", "characters" },
        { "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}", "steps" },
        { "{% for i in range(99999) %}{% for j in range(99999) %}{{ messages }}{% endfor %}{% endfor %}", "more than" },
        { "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "deeper than 400 levels" },
        { "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "deeper" },
        { "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}", "steps" },
        { "{% set l = [] %}{% set x = l.append(l) %}{{ l }}", "deeper" },
        { "{% set l = [] %}{% set x = l.append(l) %}{{ l | tojson }}", "deeper" },
        { "{% set a = [] %}{% set b = [] %}{% set x = a.append(b) %}{% set x = b.append(a) %}{{ a == b }}{{ a | string == b | string }}", "deeper" },
        { "{% set l = ['x' * 30000000] * 1000 %}{{ l | join }}", "characters" },
        { "{% set n = 'a' * 3000000 %}{% for i in range(99999) %}{{ 1 if n in messages[0] }}{% endfor %}", "steps" },
        { "{% set t = 'a' * 1000000 %}{% set p = 'a' * 500000 ~ 'b' %}{% for i in range(99999) %}{{ t.find(p) }}{% endfor %}", "steps" },
        { "{{ ''.__class__ }}", "'__class__' of a str is not supported" },
        { "{{ ''.__class__.__mro__[1].__subclasses__() }}", "'__class__'" },
        { "{{ messages.__init__.__globals__ }}", "'__init__' of a list" },
        { "{{ messages[0]['__class__'] }}", "'__class__' of a dict" },
        { "{{ range.__globals__ }}", "'__globals__' of a function" },
        { "{{ namespace().__dict__ }}", "'__dict__'" },
        { "{{ (1).__class__ }}", "'__class__' of a int" },
        { "{{ messages | map(attribute='__class__') | list }}", "'__class__'" },
        { "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "'cycler' is not supported; supported: dict, namespace" },
        { "{{ self.__init__ }}", "'self' is undefined" },
        { "{{ ''.format(1) }}", "'format' of a str is not supported; supported: capitalize, count" },
        { "{{ '{0.__class__}'.format(1) }}", "'format'" },
        { "{{ messages.sort() }}", "'sort' of a list is not supported; supported: append" },
        { "{{ messages[0].update({}) }}", "'update' of a dict is not supported; supported: get, items" },
        { "{{ 'x' | attr('__class__') }}", "the filter 'attr' is not supported; supported: abs, " },
        { "{{ 'x' | nofilter }}", "line 1: the filter 'nofilter' is not supported" },
        { "\n\n{{ 1 is notest }}", "line 3: the test 'notest' is not supported; supported: boolean, " },
        { "a\n{% include '/etc/passwd' %}", "line 2: the statement 'include' is not supported; supported: if, for, " },
        { "{% import 'os' as os %}", "the statement 'import'" },
        { "{% extends 'x' %}", "the statement 'extends'" },
        { "{% do messages.clear() %}", "the statement 'do'" },
        { "{% for a in b recursive %}{% endfor %}", "a recursive loop is not supported" },
        { "{{ f(*args) }}", "not supported" },
        { "{{ '%s' % 1 }}", "not supported" },
        { "{{ raise_exception('no\n\u001b[31m system') }}", "the template says: no\\u000a\\u001b[31m system" },
        { "{{ raise_exception('x' * 1000000) }}", "xxx..." },
        { "\n{{ missing.role }}", "t.jinja: line 2: 'missing' is undefined, so it has no attribute 'role'" },
        { "{{ 9223372036854775807 + 1 }}", "64 bits" },
        { "{{ 2 ** 10000 }}", "64 bits" },
        { "{{ 1 if 1 else", "found a tag without an end" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Attacks_are_one_line_and_soon_over(string template, string fragment)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var error = Assert.ThrowsAny<RopewalkException>(() => ChatTemplate.Parse(template, "t.jinja").Render(s_messages));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.DoesNotContain('\n', error.Message);
        Assert.StartsWith("t.jinja: line ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fragment, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 2100, $"{error.Message.Length} characters");
        Assert.True(seconds < 20, $"{seconds} s");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 3L << 30, "allocated more than 3 GiB in all");
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{'a':", "1", "}")]
    [InlineData("-", "1", "")]
    [InlineData("not ", "1", "")]
    [InlineData("", "1", "+1")]
    [InlineData("", "1", "|abs")]
    [InlineData("", "messages", "[0:]")]
    [InlineData("", "x", ".a")]
    [InlineData("1 if 1 else ", "1", "")]
    [InlineData("", "1", " is divisibleby 1")]
    [InlineData("", "1", " or 1")]
    public void Nesting_is_limited_before_the_stack_is(string open, string inner, string close)
    {
        // 1 MiB is the least that a thread of .NET has anywhere.
        RopewalkException? error = null;
        var text = "{{ " + string.Concat(Enumerable.Repeat(open, 50_000)) + inner + string.Concat(Enumerable.Repeat(close, 50_000)) + " }}";
        var thread = new Thread(() => error = Assert.ThrowsAny<RopewalkException>(() => ChatTemplate.Parse(text, "t.jinja").Render(s_messages)), 1 << 20);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "did not end");
        Assert.NotNull(error);
    }

    [Fact]
    public void Statements_nest_no_deeper_either()
    {
        foreach (var (open, close) in new[] { ("{% if 1 %}", "{% endif %}"), ("{% for i in [1] %}", "{% endfor %}"), ("{% macro m() %}", "{% endmacro %}"), ("{% filter trim %}", "{% endfilter %}") })
        {
            var text = string.Concat(Enumerable.Repeat(open, 30_000)) + string.Concat(Enumerable.Repeat(close, 30_000));
            var error = Assert.ThrowsAny<RopewalkException>(() => ChatTemplate.Parse(text, "t.jinja").Render(s_messages));
            Assert.Contains("nesting", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("x", ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if 1 %}", 100)) + "x" + string.Concat(Enumerable.Repeat("{% endif %}", 100)), "t.jinja").Render([]));
    }

    [Fact]
    public void Long_templates_and_wide_numbers_are_refused()
    {
        Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Parse(new string('x', (1 << 20) + 1), "t.jinja"));
        Assert.Throws<CheckpointFormatException>(() => ChatTemplate.Parse("{{ " + new string('a', 300) + " }}", "t.jinja"));
        var messages = ChatMessage.FromJson(JsonElement.Parse("[{\"role\": \"user\", \"content\": 99999999999999999999}]"), "m.json");
        Assert.Throws<UserInputException>(() => ChatTemplate.Parse("{{ messages }}", "t.jinja").Render(messages));
        foreach (var bad in new[] { "{}", "[1]", "[{}]", "[{\"role\": 5}]" })
        {
            Assert.Throws<CheckpointFormatException>(() => ChatMessage.FromJson(JsonElement.Parse(bad), "m.json"));
        }
    }

    [Fact]
    public void A_rendering_leaves_nothing_behind()
    {
        var messages = ChatMessage.FromJson(JsonElement.Parse("[{\"role\": \"user\", \"content\": [\"a\"]}]"), "m.json");
        var template = ChatTemplate.Parse("{% set x = messages[0].content.append('b') %}{{ messages[0].content }}{{ y }}{% set y = 1 %}", "t.jinja");
        Assert.Equal("['a', 'b']", template.Render(messages));
        Assert.Equal("['a', 'b']", template.Render(messages));
    }

    /// <summary>Pieces of real templates put together at random, and templates with pieces changed: each is a text or a typed error.</summary>
    [Fact]
    public void Changed_templates_give_a_text_or_one_line()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("ROPEWALK_FUZZ_SECONDS") ?? "5", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("ROPEWALK_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        List<string> seeds = [.. Directory.GetFiles(Path.Combine(ChatGolden.Folder, "chat"), "*.jinja").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        seeds.AddRange(ChatGolden.Root.GetProperty("expressions").EnumerateArray().Select(e => e.GetProperty("template").GetString()!));
        string[] pieces = ["{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "(", ")", "[", "]", "{", "}", "'", "\"", "\\", "|", ".", ":", ",", "~", "**", "//", " if ", " else ", " for ", " in ", " not ", " is ", " and ",
            "range(99999)", "* 10**9", "messages", "loop", "[::-1]", "tojson", "{% endfor %}", "{% endif %}", "{% macro m(a) %}", "{% endmacro %}", "{{ m(1) }}", "{% raw %}", "\0", "\ud800", "😀", "9999999999999999999", "1e999", "__class__", "\n"];
        var limits = new ChatLimits { Steps = 20_000, CreatedCharacters = 1 << 20, OutputCharacters = 1 << 18 };
        string[] conversations = [.. ChatGolden.Conversations.Keys];
        var start = Stopwatch.GetTimestamp();
        var (numRuns, numTexts) = (0, 0);
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            var text = seeds[random.Next(seeds.Count)];
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var at = random.Next(text.Length + 1);
                var end = Math.Min(text.Length, at + random.Next(12));
                text = random.Next(4) switch
                {
                    0 => text[..at] + text[end..],
                    1 => text[..at] + pieces[random.Next(pieces.Length)] + text[at..],
                    2 => text[..at] + pieces[random.Next(pieces.Length)] + text[end..],
                    _ => text[..end] + text[at..],
                };
            }

            var conversation = conversations[random.Next(conversations.Length)];
            var turn = Stopwatch.GetTimestamp();
            try
            {
                ChatTemplate.Parse(text, "t.jinja", limits).Render(ChatGolden.Messages(conversation), ChatGolden.Options(conversation));
                numTexts++;
            }
            catch (RopewalkException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"run {numRuns} of seed {seed}, {conversation}: {e}\n{text}");
            }

            Assert.True(Stopwatch.GetElapsedTime(turn).TotalSeconds < 5, $"run {numRuns} of seed {seed} takes too long:\n{text}");
            numRuns++;
        }

        Assert.True(numRuns > 100 && numTexts > 10, $"{numRuns} runs, {numTexts} texts");
    }
}
