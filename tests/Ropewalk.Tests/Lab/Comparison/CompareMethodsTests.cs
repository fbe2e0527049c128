using Ropewalk.Engine.Models;
using Ropewalk.Lab.Comparison;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Lab.Comparison;

public sealed class CompareMethodsTests
{
    private static readonly int[] s_lengths = [64, 128, 256];

    [Fact]
    public void A_plan_for_a_model_that_sees_a_window_only_is_left_out_of_all_and_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        using var model = Load(folder, """{"max_position_embeddings":64,"sliding_window":16}""");
        var all = Methods(model, "all");
        Assert.DoesNotContain("self-extend", all.Families.Select(f => f.Name));
        Assert.Contains("yarn", all.Families.Select(f => f.Name));
        Assert.Contains(all.Notes, n => n.StartsWith("self-extend is left out: the model's layers see 16 tokens back", StringComparison.Ordinal));

        var error = Assert.Throws<UserInputException>(() => Methods(model, "yarn,self-extend"));
        Assert.StartsWith("--methods self-extend: the model's layers see 16 tokens back, and a plan would move what is never seen", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_be_the_model_as_it_is_is_not_measured()
    {
        using var folder = new TemporaryFolder();
        using var model = Load(folder, """{"max_position_embeddings":64,"sliding_window":null}""");
        var methods = Methods(model, "yarn,ntk-tuned,rerope,yarn:4");
        string[] At(int length) => [.. methods.Families.Where(f => methods.IsMeasured(f, length)).Select(f => f.Name)];
        Assert.Equal(["none", "rerope", "yarn:4"], At(64));
        Assert.Equal(["none", "yarn", "ntk-tuned", "rerope", "yarn:4"], At(128));
        methods.Tuned(new TunedMethod("ntk-tuned", "ntk:3.25"));
        Assert.Equal("ntk:3.25", methods.At(methods.Tunings.Single(), 256).Spec);
        Assert.Empty(methods.Notes);
    }

    private static CompareMethods Methods(LanguageModel model, string list) => new(new CompareOptions { Model = "", Out = "", Methods = [list] }, model, s_lengths);

    private static LanguageModel Load(TemporaryFolder folder, string changes)
    {
        RandomCheckpoint.Write(folder, RandomCheckpoint.Config(SmallConfigs.All["mistral"], changes), 3);
        return ModelLoader.Load(folder.Root);
    }
}
