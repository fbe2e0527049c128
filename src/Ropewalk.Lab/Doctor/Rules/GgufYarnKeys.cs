namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>yarn_* keys that llama.cpp's loader does not read (mistral3 and grok do), or whose value its context overwrites (yarn_attn_factor, PR #17945).</summary>
internal sealed class GgufYarnKeys : GgufRule
{
    /// <inheritdoc/>
    public override string Name => "gguf-yarn-keys";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(string file, GgufFacts facts)
    {
        var ignored = facts.Architecture is "mistral3" or "grok" ? facts.IgnoredYarnKeys.Where(k => k.EndsWith("attn_factor", StringComparison.Ordinal)).ToList() : facts.IgnoredYarnKeys;
        if (ignored.Count > 0)
        {
            yield return Of(file, Severity.Warning, string.Join(", ", ignored), "keys without an effect", "the flags --yarn-beta-fast and --yarn-beta-slow; rope.scaling.attn_factor for the attention factor",
                (Engines.LlamaCpp, "computes with turns of 32 and 1 and an attention factor of its own"), (Engines.Ropewalk, "reads the turns"));
        }
    }
}
