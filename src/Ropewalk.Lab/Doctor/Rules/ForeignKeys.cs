using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>Scaling in keys that are not Hugging Face's: gpt-oss's own ModelConfig (rope_scaling_factor, rope_ntk_alpha, rope_ntk_beta,
/// initial_context_length), Nomic's rotary_scaling_factor (which vLLM ignores), Qwen1's use_dynamic_ntk. Everyone but the model's own code
/// overlooks them.</summary>
internal sealed class ForeignKeys : Rule
{
    private static readonly string[] s_keys = ["rope_scaling_factor", "rope_ntk_alpha", "rope_ntk_beta", "initial_context_length", "rotary_scaling_factor", "use_dynamic_ntk"];

    /// <inheritdoc/>
    public override string Name => "foreign-keys";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var found = s_keys.Where(k => RopeSettings.Object(input.Rope.Config, k) is { ValueKind: not JsonValueKind.False }).ToList();
        if (found.Count > 0)
        {
            yield return Of(input, Severity.Error, string.Join(", ", found), "scaling in another convention's keys", "rope_scaling with rope_type, factor and original_max_position_embeddings, or rope_parameters",
                (Engines.Transformers5, "ignores them, but for code that comes with the model"), (Engines.Vllm, "ignores them"), (Engines.LlamaCpp, "its converter ignores them"), (Engines.Ropewalk, "refuses"));
        }
    }
}
