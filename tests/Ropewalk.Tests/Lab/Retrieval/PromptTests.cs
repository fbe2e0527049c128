using System.Text.Json;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Positions;
using Ropewalk.Tests.EndToEnd;

namespace Ropewalk.Tests.Lab.Retrieval;

public sealed class PromptTests
{
    private const string Needle = "The pass key is ";

    [SharedFact]
    public void Longropes_prompts_are_the_published_programs()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "longrope_passkey_prompt.json")));
        foreach (var example in golden.RootElement.GetProperty("examples").EnumerateArray())
        {
            var prompt = example.GetProperty("prompt").GetString()!;
            var size = example.GetProperty("n_garbage").GetInt32();

            // The published program draws where the key lies; its prompt tells it.
            var head = prompt.IndexOf('\n', StringComparison.Ordinal) + 1;
            var before = prompt.IndexOf("\n" + Needle, StringComparison.Ordinal) - head;
            var ours = new PasskeyTask(PasskeyTemplate.Longrope, new Haystacks(null)).Make(new RepeatedHaystack(1), [$"{example.GetProperty("key").GetInt32()}", "1"]);
            var (text, at) = ours.Compose(size, (double)before / size);
            Assert.Equal(prompt, text);
            Assert.Equal(head + before + 1, at);
        }
    }

    [Fact]
    public void Landmarks_prompts_grow_in_steps_of_128_characters()
    {
        var tokenizer = Tokenizer.Load(Command.Embedded);
        var task = new PasskeyTask(PasskeyTemplate.Landmark, new Haystacks(null));
        foreach (var window in new[] { 400, 1000, 3000 })
        {
            var retrieval = task.Make(new CounterRandom(1), window, 2);
            var prompt = new PromptFitter(tokenizer).Fit(retrieval, window, 0.5);
            var bare = retrieval.Compose(0, 0.5).Text.Length;
            var size = tokenizer.Decode(prompt.Prompt, skipSpecialTokens: true).Length - bare;
            Assert.Equal(0, size % 128);
            Assert.InRange(window - prompt.Prompt.Length - prompt.MaxNewTokens, 0, 127);
        }
    }

    [SharedTheory]
    [InlineData("bytes2m", PasskeyTemplate.Longrope)]
    [InlineData("bytes2m", PasskeyTemplate.Story)]
    [InlineData("llama2xs", PasskeyTemplate.Longrope)]
    [InlineData("llama2xs", PasskeyTemplate.Story)]
    public void The_needle_lies_at_the_depth_and_the_prompt_fills_the_window(string model, PasskeyTemplate template)
    {
        var tokenizer = Tokenizer.Load(SharedData.Path("data", "models", model));
        var task = new PasskeyTask(template, new Haystacks(null));
        var fitter = new PromptFitter(tokenizer);
        foreach (var window in new[] { 1024, 4096 })
        {
            foreach (var depth in new[] { 0, 0.25, 0.5, 0.9, 1 })
            {
                var retrieval = task.Make(new CounterRandom(7).Fork((ulong)window), window, 10);
                var prompt = fitter.Fit(retrieval, window, depth);
                var left = window - prompt.Prompt.Length - prompt.MaxNewTokens;
                Assert.True(left is >= 0 and < 3, $"{left} tokens of the window of {window} are left over");

                // The tokens from there on are the needle, and there is no other.
                var rest = tokenizer.Decode(prompt.Prompt.AsSpan(prompt.NeedleToken), skipSpecialTokens: true).TrimStart();
                Assert.StartsWith($"{Needle}{retrieval.Answer}. Remember it.", rest, StringComparison.Ordinal);
                Assert.Equal(1, Occurrences(tokenizer.Decode(prompt.Prompt, skipSpecialTokens: true), "Remember it."));

                // Without haystack the needle begins after the head: what lies before it now is haystack, and so is what was added in all.
                var bare = fitter.Fewest(retrieval) - prompt.MaxNewTokens;
                var haystack = prompt.Prompt.Length - bare;
                var before = prompt.NeedleToken - fitter.Fit(retrieval, fitter.Fewest(retrieval) + 1, 0).NeedleToken;

                // A story's sentences are not broken; the longest have about 150 characters.
                Assert.Equal(depth, (double)before / haystack, template == PasskeyTemplate.Story ? 80d / haystack : 0.03);
            }
        }
    }

    [Fact]
    public void A_text_is_cut_between_sentences_and_goes_on_after_the_needle()
    {
        var haystack = new TextHaystack("One is here. Two is there! \"Three?\" Four is 4.5 of them. Five");
        Assert.Equal("One is here. Two is there!\nX \"Three?\" Four", haystack.Hide("X", 40, 0.6).Text);
        Assert.Equal("X\nOne is here.", haystack.Hide("X", 12, 0).Text);
        Assert.Equal("One is here.\nX", haystack.Hide("X", 12, 1).Text);
        Assert.Equal("One is here. Two is there! \"Three?\" Four is 4.5 of them.\nX Five", haystack.Hide("X", haystack.Available, 0.75).Text);
    }

    [Fact]
    public void No_answer_of_a_needle_begins_with_another_and_no_story_tells_of_its_people()
    {
        foreach (var kind in NeedleTask.Kinds)
        {
            Assert.Contains("{0}", kind.Beginning, StringComparison.Ordinal);
            Assert.InRange(kind.Answers.Length, 10, NeedleTask.MostCandidates);
            Assert.All(kind.Answers, a => Assert.Single(kind.Answers, b => b.StartsWith(a, StringComparison.Ordinal)));
        }

        var task = new NeedleTask(new Haystacks(null));
        for (var seed = 0UL; seed < 40; seed++)
        {
            var retrieval = task.Make(new CounterRandom(seed), 2000, 10);
            Assert.Equal($"{retrieval.Question} {retrieval.Answer}.", retrieval.Needle);
            Assert.Equal(10, retrieval.Candidates.Distinct().Count());
            var (story, _) = retrieval.Haystack.Hide("", 10_000, 0.5);
            var name = retrieval.Question.Split(' ').Where(w => char.IsUpper(w[0])).Skip(1).ToArray();
            Assert.Equal(2, name.Length);
            Assert.All(name, n => Assert.DoesNotContain(n, story, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(" 12345. Remember", "12345", true)]
    [InlineData("It is 12345", "12345", true)]
    [InlineData(" 123456", "12345", false)]
    [InlineData(" 54321 12345", "12345", false)]
    [InlineData(" unknown", "12345", false)]
    public void The_first_number_counts(string continuation, string answer, bool isExact) =>
        Assert.Equal(isExact, new PasskeyTask(PasskeyTemplate.Longrope, new Haystacks(null)).IsExact(continuation, answer));

    [Theory]
    [InlineData(" red.", "red", true)]
    [InlineData("Red", "red", true)]
    [InlineData(" redder", "red", false)]
    [InlineData(" the red", "red", false)]
    public void The_answer_comes_first(string continuation, string answer, bool isExact) =>
        Assert.Equal(isExact, new NeedleTask(new Haystacks(null)).IsExact(continuation, answer));

    [Fact]
    public void A_window_without_room_and_a_text_too_short_are_named()
    {
        var fitter = new PromptFitter(Tokenizer.Load(Command.Embedded));
        var passkey = new PasskeyTask(PasskeyTemplate.Longrope, new Haystacks(null)).Make(new CounterRandom(0), 100, 10);
        var fewest = fitter.Fewest(passkey);
        Assert.Contains($"found {fewest - 1}, expected at least {fewest}", Assert.Throws<UserInputException>(() => fitter.Fit(passkey, fewest - 1, 0.5)).Message, StringComparison.Ordinal);
        Assert.Equal(fewest, fitter.Fit(passkey, fewest, 0.5) is var f ? f.Prompt.Length + f.MaxNewTokens : 0);
        var story = new PasskeyTask(PasskeyTemplate.Story, new Haystacks("One is here. Two is there.")).Make(new CounterRandom(0), 100, 10);
        Assert.Contains("--haystack: found a text of", Assert.Throws<UserInputException>(() => fitter.Fit(story, 1000, 0.5)).Message, StringComparison.Ordinal);
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
