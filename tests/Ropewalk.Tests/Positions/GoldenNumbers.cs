using System.Globalization;
using System.Text.Json;

namespace Ropewalk.Tests.Positions;

/// <summary>Compares with recorded numbers, gathers every difference, and fails once with all of them. Finish also counts, so that a file
/// that lost its cases does not pass.</summary>
internal sealed class GoldenNumbers
{
    private readonly List<string> failures = [];
    private int failed;
    private int compared;

    public static JsonElement Read(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", name)));
        return document.RootElement.Clone();
    }

    public static double[] List(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    public void Close(string testCase, int index, double expected, double found, double relative, double absolute = 0)
    {
        compared++;
        var difference = Math.Abs(found - expected);
        if (!(difference <= (relative * Math.Abs(expected)) + absolute))
        {
            failed++;
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{testCase}[{index}]: expected {expected:R}, found {found:R}, difference {difference:E2}"));
        }
    }

    public void Close(string testCase, IReadOnlyList<double> expected, IReadOnlyList<double> found, double relative, double absolute = 0)
    {
        True(expected.Count == found.Count, $"{testCase}: expected {expected.Count} entries, found {found.Count}");
        for (var i = 0; i < Math.Min(expected.Count, found.Count); i++)
        {
            Close(testCase, i, expected[i], found[i], relative, absolute);
        }
    }

    public void True(bool condition, string failure)
    {
        compared++;
        if (!condition)
        {
            failed++;
            failures.Add(failure);
        }
    }

    public void Finish(int cases, int expectedCases)
    {
        Assert.Equal(expectedCases, cases);
        Assert.True(compared >= expectedCases, $"only {compared} comparisons");
        Assert.True(failed == 0, $"{failed} of {compared} numbers differ:\n" + string.Join('\n', failures.Take(20)));
    }
}
