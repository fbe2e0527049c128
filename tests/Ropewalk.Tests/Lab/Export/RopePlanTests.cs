using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Export;
using Ropewalk.Positions;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.Export;

/// <summary>The plan's file: what is written is read back, and what contradicts itself is refused.</summary>
public sealed class RopePlanTests : IDisposable
{
    private const string Factors = """
        { "version": 1, "rotary_dimension": 64, "base": 10000, "original_context": 256, "target_context": 2048,
          "entries": [
            { "maximum_length": 256, "attention_factor": 1.1, "start_tokens": 0, "rescale_factors": [ONES] },
            { "maximum_length": 2048, "attention_factor": 1.2, "start_tokens": 4, "rescale_factors": [TWOS] } ] }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("linear:4", 1024)]
    [InlineData("dynamic:4", 1024)]
    [InlineData("yarn:8,attention=1.2,beta-fast=16,truncate=false", 2048)]
    [InlineData("llama3:8", 2048)]
    [InlineData("by-parts:4", 1024)]
    [InlineData("resonance+yarn:4", 1024)]
    [InlineData("longrope:FILE", 2048)]
    [InlineData("resonance+longrope:FILE", 2048)]
    public void A_plan_is_read_back_with_the_same_frequencies_at_every_length(string spec, int target)
    {
        var plan = Plan(spec);
        Assert.Equal(target, plan.TargetLength);
        var path = _folder.Write("plan.json", RopePlanFile.Serialize(plan));
        Assert.True(RopePlanFile.IsPlan(path));
        var read = RopePlanFile.Read(path, plan.Geometry);
        Assert.All((long[])[0, 1, 255, 256, 257, 1024, 2048, 9999], n => Assert.Equal(plan.Scaling.At(n), read.Scaling.At(n)));
        Assert.Equal((plan.ModelName, plan.ConfigSha256, plan.TargetLength, plan.Spec), (read.ModelName, read.ConfigSha256, read.TargetLength, read.Spec));
        Assert.Equal(RopePlanFile.Serialize(plan), RopePlanFile.Serialize(read));
    }

    [Theory]
    [InlineData("rope_plan", "2", "found 2, expected 1")]
    [InlineData("rotary_dimension", "32", "found 32, expected 64")]
    [InlineData("rope_theta", "500000", "found 500000, expected 10000")]
    [InlineData("original_length", "512", "found 512, expected 256")]
    [InlineData("target_length", "128", "target_length")]
    [InlineData("scaling", "\"yarn:8\"", "as the plan's scaling gives")]
    [InlineData("scaling", "\"none:8\"", "--scaling none:8")]
    [InlineData("scaling", "\"longrope:/etc/passwd\"", "factors of the plan itself")]
    [InlineData("factor_sets", "[]", "expected none for the scaling")]
    [InlineData("extra", "1", "extra: found an unknown key")]
    [InlineData("model", "{\"name\":\"x\"}", "model.model_type")]
    [InlineData("in_force", "[]", "found 0 entries, expected 2 entries")]
    [InlineData("in_force", "[1,2]", "in_force[0]")]
    public void A_plan_that_is_wrong_is_refused_with_the_key(string key, string value, string message)
    {
        var root = JsonNode.Parse(RopePlanFile.Serialize(Plan("yarn:4")))!.AsObject();
        root[key] = JsonNode.Parse(value);
        var path = _folder.Write("plan.json", root.ToJsonString());
        var error = Assert.ThrowsAny<RopewalkException>(() => RopePlanFile.Read(path, Plan("yarn:4").Geometry));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frequency_that_the_method_does_not_give_is_refused()
    {
        var root = JsonNode.Parse(RopePlanFile.Serialize(Plan("yarn:4")))!;
        root["in_force"]![1]!["inverse_frequencies"]![7] = 0.125;
        var path = _folder.Write("plan.json", root.ToJsonString());
        Assert.Contains("in_force[1].inverse_frequencies[7]", Assert.Throws<CheckpointFormatException>(() => RopePlanFile.Read(path, Plan("yarn:4").Geometry)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factors_are_refused_with_their_place()
    {
        var root = JsonNode.Parse(RopePlanFile.Serialize(Plan("longrope:FILE")))!;
        root["factor_sets"]![1]!["rescale_factors"]![3] = -1;
        var path = _folder.Write("plan.json", root.ToJsonString());
        Assert.Contains("factor_sets[1]: rescale factors[3]: found -1", Assert.ThrowsAny<RopewalkException>(() => RopePlanFile.Read(path, Plan("yarn:4").Geometry)).Message, StringComparison.Ordinal);
    }

    private RopePlan Plan(string spec)
    {
        var file = _folder.Write("factors.json", Factors.Replace("ONES", string.Join(", ", Enumerable.Repeat("1", 32)), StringComparison.Ordinal)
            .Replace("TWOS", string.Join(", ", Enumerable.Range(0, 32).Select(i => $"{1 + (0.25 * i)}")), StringComparison.Ordinal));
        using var checkpoint = ModelLoader.Open(Command.Embedded);
        return RopePlan.Make(checkpoint, null, spec.Replace("FILE", file, StringComparison.Ordinal), null, []);
    }
}
