namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>Keys inside the scaling object that its method does not have: Transformers warns and goes on without them (_check_received_keys),
/// some vLLM releases stop (#8793, #10293).</summary>
internal sealed class UnreadKeys : Rule
{
    private static readonly string[] s_always = ["rope_type", "type", "rope_theta", "partial_rotary_factor", "original_max_position_embeddings"];

    private static readonly Dictionary<string, string[]> s_known = new(StringComparer.Ordinal)
    {
        ["default"] = ["mrope_section"],
        ["linear"] = ["factor"],
        ["dynamic"] = ["factor", "alpha"],

        // llama_4_scaling_beta is ministral3's: it scales queries, not positions. attn_factor has a rule of its own.
        ["yarn"] = ["factor", "attention_factor", "attn_factor", "beta_fast", "beta_slow", "truncate", "mscale", "mscale_all_dim", "extrapolation_factor", "llama_4_scaling_beta", "mrope_section"],
        ["longrope"] = ["factor", "attention_factor", "short_factor", "long_factor", "short_mscale", "long_mscale"],
        ["llama3"] = ["factor", "low_freq_factor", "high_freq_factor"],
    };

    /// <inheritdoc/>
    public override string Name => "unread-keys";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Scaling is not { } scaling || !s_known.TryGetValue(rope.Type, out var known))
        {
            yield break;
        }

        var stray = scaling.EnumerateObject().Select(p => p.Name).Where(k => !known.Contains(k, StringComparer.Ordinal) && !s_always.Contains(k, StringComparer.Ordinal)).ToList();
        if (stray.Count > 0)
        {
            yield return Of(input, Severity.Warning, string.Join(", ", stray.Select(rope.Name)), $"no key of {rope.Type}", $"one of {string.Join(", ", known)}, or nothing",
                (Engines.Transformers5, "warns and ignores it"), (Engines.Vllm, "ignores it; some releases stop"), (Engines.LlamaCpp, "ignores it"), (Engines.Ropewalk, "tells and ignores it"));
        }
    }
}
