namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.11: older converters of llama.cpp read llama3's original length at the top level, with 8192 as default
/// (golden gguf_permute_ropefreqs.json, third case).</summary>
internal sealed class Llama3Original : Rule
{
    /// <inheritdoc/>
    public override string Name => "llama3-original";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is { Type: "llama3", InnerOriginal: not (null or 8192) and var inner, OuterOriginal: null })
        {
            yield return Of(input, Severity.Warning, rope.Name("original_max_position_embeddings"), $"{inner}, inside only", $"original_max_position_embeddings {inner} at the top level as well, or convert with ropewalk",
                (Engines.LlamaCpp, "today's converter reads it; older ones take 8192"), (Engines.Transformers5, "reads it"), (Engines.Vllm, "reads it"), (Engines.Ropewalk, "reads it"));
        }
    }
}
