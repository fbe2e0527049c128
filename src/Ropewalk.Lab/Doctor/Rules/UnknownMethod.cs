namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>A method that no table of init functions has (ROPE_INIT_FUNCTIONS in modeling_rope_utils; get_rope in vLLM).</summary>
internal sealed class UnknownMethod : Rule
{
    private static readonly string[] s_known = ["default", "linear", "dynamic", "yarn", "longrope", "llama3", "proportional", "mrope", "deepseek_yarn", "mllama4", "ntk"];

    /// <inheritdoc/>
    public override string Name => "unknown-method";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Scaling is not null && rope.WrittenType is null && rope.Scaling.Value.EnumerateObject().Any(p => p.Name is not ("rope_theta" or "partial_rotary_factor" or "original_max_position_embeddings")))
        {
            yield return Of(input, Severity.Error, rope.Name("rope_type"), "nothing", "the method's name",
                (Engines.Transformers5, "stops, or takes plain positions where the class has a default"), (Engines.LlamaCpp, "writes no scaling"), (Engines.Ropewalk, "refuses"));
        }
        else if (rope.Scaling is not null && !s_known.Contains(rope.Type, StringComparer.Ordinal))
        {
            yield return Of(input, Severity.Error, rope.Name("rope_type"), $"\"{rope.Type}\"", "default, linear, dynamic, yarn, longrope or llama3",
                (Engines.Transformers5, "stops: no such method"), (Engines.Vllm, "stops: no such method"), (Engines.LlamaCpp, "writes no scaling, without a word"), (Engines.Ropewalk, "refuses"));
        }
    }
}
