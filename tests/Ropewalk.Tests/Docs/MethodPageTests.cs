using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Docs;

/// <summary>Every method that can be asked for has its page.</summary>
public sealed class MethodPageTests
{
    // What may follow a name in a spec, or the end of one.
    private static readonly string[] s_ends = [":", "+", "`", "["];

    private static string[] Pages => [.. Directory.GetFiles(Path.Combine(SharedData.Root, "docs", "methods"), "*.md").Where(p => Path.GetFileName(p) != "plans.md")];

    [Fact]
    public void Every_registered_scaling_and_plan_has_a_page()
    {
        var pages = Pages.Select(File.ReadAllText).ToList();
        var forms = RopeScalingRegistry.Forms.Select(f => ("--scaling", f)).Concat(PositionPlanRegistry.Forms.Select(f => ("--plan", f)));
        foreach (var (option, form) in forms)
        {
            // "none" and "full" are what every page compares with.
            var name = form.Split(':', '[', '+')[0];
            if (name is not ("none" or "full"))
            {
                Assert.True(pages.Exists(p => s_ends.Any(end => p.Contains($"`{option} {name}{end}", StringComparison.Ordinal))), $"no page of docs/methods names `{option} {name}`");
            }
        }
    }

    [Fact]
    public void Every_page_says_what_it_does_when_it_wins_and_what_to_write()
    {
        Assert.InRange(Pages.Length, 17, 40);
        foreach (var page in Pages)
        {
            var text = File.ReadAllText(page);
            foreach (var heading in new[] { "## What it does", "## On our own measurements", "## What to write" })
            {
                Assert.True(text.Contains(heading, StringComparison.Ordinal), $"{Path.GetFileName(page)}: no \"{heading}\"");
            }

            Assert.Contains("ropewalk compare", text, StringComparison.Ordinal);
            Assert.InRange(text.Split('\n').Length, 15, 60);
        }
    }
}
