using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Lab.Evaluation;

public sealed class MethodListTests
{
    private static readonly RopeConfig s_rope = Config();

    [Fact]
    public void All_is_every_name_and_the_untouched_model_leads()
    {
        var names = MethodList.Parse(["all"], s_rope).Families.Select(f => f.Name).ToList();
        Assert.Equal("none", names[0]);
        Assert.Equal(MethodList.Names.Except(["window", "longrope"]), names);
    }

    [Fact]
    public void A_method_of_the_list_is_the_one_that_its_authors_set_for_the_length()
    {
        string At(string name, int length) => MethodList.Parse([name], s_rope).Families[^1].At(length, 32_768)!.Spec;
        Assert.Equal("yarn:4", At("yarn", 16_384));
        Assert.Equal("dynamic:8", At("dynamic", 16_384));

        // The critical base of the scaling laws for LLaMA2 (d = 128 there; the law has no d in it) and 16,384 tokens: 71,738.
        Assert.Equal(71_738, double.Parse(At("base", 16_384)["base:".Length..]), 0.5);
        Assert.Equal("self-extend:group=9,window=1024", At("self-extend", 16_000));
        Assert.Equal("log-n+leaky-rerope:window=2048,factor=8", At("leaky-rerope", 16_384));
        Assert.Equal("grouped:group=4", At("grouped", 16_384));
        Assert.Equal("recurrent:period=4096", At("recurrent", 16_384));
        Assert.Equal("sinks:start=4,recent=4092", At("sinks", 16_384));
        Assert.Null(MethodList.Parse(["yarn"], s_rope).Families[^1].At(4096, 32_768));
    }

    [Theory]
    [InlineData(4097)]
    [InlineData(8192)]
    [InlineData(9000)]
    [InlineData(32_768)]
    public void Parallel_windows_leave_a_quarter_of_the_window_to_the_task_and_reach_no_further_than_trained(int length)
    {
        var plan = Assert.IsType<Ropewalk.Positions.Plans.ParallelWindowsPlan>(PlanDefaults.ParallelWindows(4096, length));
        Assert.Equal(length - 1024, plan.TaskIndex);
        Assert.Equal(3072, plan.TaskPosition);
        Assert.Equal(4096, plan.Reach(length));
    }

    [Fact]
    public void Plans_of_the_list_keep_every_length_among_the_trained_distances()
    {
        foreach (var family in MethodList.Parse(["all"], s_rope).Families)
        {
            foreach (var length in new[] { 4097, 8192, 12_288, 65_536 })
            {
                if (family.At(length, 65_536) is { Layout: not null, Plan: var plan } && family.Name is not ("log-n" or "ntk+log-n" or "yarn+log-n"))
                {
                    Assert.True(plan.Reach(length) <= 4096, $"{plan.Spec} at {length} reaches {plan.Reach(length)}");
                }
            }
        }
    }

    [Theory]
    [InlineData("yarn:4,attention=1.1,ntk:2", "yarn:4,attention=1.1", "ntk:2")]
    [InlineData("self-extend:group=4,window=64,sinks", "self-extend:group=4,window=64", "sinks")]
    [InlineData("yarn+self-extend:group=4,window=64", "yarn+self-extend:group=4,window=64")]
    [InlineData("resonance+ntk:2+log-n+rerope:window=64,yarn", "resonance+ntk:2+log-n+rerope:window=64", "yarn")]
    [InlineData("window,yarn,yarn,none", "yarn")]
    public void Commas_part_methods_and_pluses_join_them(string list, params string[] expected) =>
        Assert.Equal(["none", .. expected], MethodList.Parse([list], s_rope).Families.Select(f => f.Name));

    [Fact]
    public void A_scaling_and_a_plan_are_joined_with_the_numbers_of_the_length()
    {
        Assert.Equal("ntk:2, log-n", MethodList.Parse(["ntk+log-n"], s_rope).Families[^1].At(8192, 8192)!.Spec);
        Assert.Equal("resonance+ntk:2, log-n+rerope:window=64", MethodList.Parse(["resonance+ntk:2+log-n+rerope:window=64"], s_rope).Families[^1].At(8192, 8192)!.Spec);
        Assert.Equal("yarn:2, self-extend:group=4,window=64", MethodList.Parse(["yarn+self-extend:group=4,window=64"], s_rope).Families[^1].At(8192, 8192)!.Spec);
    }

    [Fact]
    public void Factors_files_of_specs_are_found() =>
        Assert.Equal(["a.json", "b/c.json"], MethodList.FactorsFiles(["yarn,longrope:a.json+log-n", "resonance+longrope:b/c.json"]));

    private static RopeConfig Config()
    {
        var geometry = new RopeGeometry(64, 10_000, 4096);
        return new RopeConfig(new NoScaling(geometry), geometry, 4096, []);
    }
}
