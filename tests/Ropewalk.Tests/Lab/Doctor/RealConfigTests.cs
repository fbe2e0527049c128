using Ropewalk.Lab.Doctor;

namespace Ropewalk.Tests.Lab.Doctor;

/// <summary>The configs of real models: what is found in each, and nothing else.</summary>
public sealed class RealConfigTests
{
    [SharedTheory]
    [InlineData("DeepSeek-V3.config.json", false, "old-name", "yarn-ramp", "softmax-scale")]
    [InlineData("Devstral-2-123B-Instruct.config.json", true, "parameters-unread")]
    [InlineData("Llama-3.1-8B-Instruct.config.json", false)]
    [InlineData("MiniCPM3-4B.config.json", true, "longrope-original", "old-name")]
    [InlineData("MiniCPM4-8B.longrope.json", true, "missing-base", "missing-length", "longrope-original")]
    [InlineData("MiniCPM4.1-8B.longrope.json", true, "missing-base", "missing-length", "longrope-original")]
    [InlineData("Olmo-3.1-32B-Instruct.config.json", false, "yarn-ramp")]
    [InlineData("Phi-3-mini-128k-instruct.longrope.json", false, "old-name", "longrope-switch")]
    [InlineData("Phi-3-vision-128k-instruct.config.json", false, "old-name", "longrope-switch")]
    [InlineData("Phi-3.5-mini-instruct.config.json", false, "old-name", "longrope-switch")]
    [InlineData("Phi-4-mini-instruct.config.json", false, "old-name", "longrope-switch")]
    [InlineData("Qwen2.5-7B-Instruct.config.json", true, "stray-scaling")]
    [InlineData("gpt-oss-20b.config.json", true, "missing-length", "foreign-keys")]
    public void Each_config_has_its_findings(string name, bool hasProblems, params string[] rules)
    {
        var diagnosis = ModelDoctor.Examine(SharedData.Path("data", "configs", name));
        Assert.Equal(rules, diagnosis.Findings.Select(f => f.Rule));
        Assert.Equal(hasProblems, diagnosis.HasProblems);
        Assert.Equal(Engines.All, diagnosis.Readings.Select(r => r.Engine));
        Assert.All(diagnosis.Findings, f => Assert.True(f.Effects.Length > 0 && f.Field.Length > 0 && f.Found.Length > 0 && f.Fix.Length > 0));
    }

    [SharedFact]
    public void Every_config_of_the_folder_is_covered() =>
        Assert.Equal(13, Directory.GetFiles(SharedData.Path("data", "configs"), "*.json").Length);
}
