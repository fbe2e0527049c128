using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Data;

public sealed class WindowPlannerTests
{
    private const int Begin = -7;

    [Fact]
    public void Search_and_heldout_windows_never_share_a_token()
    {
        var planned = 0;
        for (var round = 0UL; round < 500; round++)
        {
            var random = new CounterRandom(round);
            var length = 2 + random.NextInt(40);
            int? begin = random.NextInt(2) == 0 ? Begin : null;
            var texts = Texts(random, 1 + random.NextInt(4), 0);
            var heldout = random.NextInt(3) == 0 ? Texts(random, 1 + random.NextInt(3), 1_000_000) : [];
            var numSearch = 1 + random.NextInt(6);
            var numHeldout = random.NextInt(6);
            WindowSet search, held;
            try
            {
                (search, held) = WindowPlanner.Plan(texts, heldout, length, numSearch, numHeldout, begin, new CounterRandom(round, 1));
            }
            catch (UserInputException)
            {
                continue;
            }

            planned++;
            var where = $"round {round} length {length} begin {begin}";
            Assert.InRange(search.Windows.Length, 1, numSearch);
            Assert.InRange(held.Windows.Length, 1, numHeldout == 0 ? int.MaxValue : numHeldout);
            var used = new HashSet<int>();
            foreach (var window in search.Windows.Concat(held.Windows))
            {
                Assert.Equal(length, window.Tokens.Length);
                Assert.True(begin is null || window.Tokens[0] == Begin, $"{where}: expected a BOS in front");
                var text = window.Tokens[(begin is null ? 0 : 1)..];
                Assert.All(text, t => Assert.True(used.Add(t), $"{where}: token {t} is in two windows"));
                Assert.True(text.Zip(text.Skip(1), (a, b) => b == a + 1).All(next => next), $"{where}: a window is not one stretch");
            }
        }

        Assert.InRange(planned, 250, 500);
    }

    [Fact]
    public void The_end_of_a_text_is_held_out_and_a_window_fits_wherever_two_do()
    {
        foreach (var (count, length) in ((int, int)[])[(1000, 100), (200, 100), (201, 100), (399, 100), (20, 10)])
        {
            var (search, held) = WindowPlanner.Plan([new TokenDocument("a", [.. Enumerable.Range(0, count)])], [], length, 1000, 0, null, new CounterRandom(1));
            var lastSearched = search.Windows.Max(w => w.Tokens[^1]);
            Assert.True(held.Windows.All(w => w.Tokens[0] > lastSearched), $"{count} tokens, windows of {length}: held-out windows are not at the end");
        }
    }

    [Fact]
    public void Too_short_a_text_is_one_line()
    {
        foreach (var (count, begin) in ((int, int?)[])[(0, null), (1, null), (199, null), (197, Begin)])
        {
            var error = Assert.Throws<UserInputException>(() => WindowPlanner.Plan([new TokenDocument("a", new int[count])], [], 100, 1, 1, begin, new CounterRandom(1)));
            Assert.DoesNotContain('\n', error.Message);
            Assert.Contains($"found {count} tokens", error.Message, StringComparison.Ordinal);
            Assert.Contains("--heldout", error.Message, StringComparison.Ordinal);
        }

        WindowPlanner.Plan([new TokenDocument("a", new int[198])], [], 100, 1, 1, Begin, new CounterRandom(1));
    }

    [Fact]
    public void A_window_that_scores_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WindowPlanner.Consecutive([new TokenDocument("a", [1, 2, 3])], 1, Begin));

    private static List<TokenDocument> Texts(CounterRandom random, int count, int first)
    {
        var texts = new List<TokenDocument>();
        for (var d = 0; d < count; d++)
        {
            texts.Add(new TokenDocument($"text {d}", [.. Enumerable.Range(first + (d * 10_000), random.NextInt(400))]));
        }

        return texts;
    }
}
