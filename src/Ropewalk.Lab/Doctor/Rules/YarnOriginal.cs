namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>YaRN without an original length: the ramp then runs over max_position_embeddings; vLLM and llama.cpp's converter need the key.</summary>
internal sealed class YarnOriginal : Rule
{
    /// <inheritdoc/>
    public override string Name => "yarn-original";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is { Type: "yarn", Original: null, Maximum: { } maximum })
        {
            yield return Of(input, Severity.Error, rope.Name("original_max_position_embeddings"), "nothing", "the length that the model was trained for",
                (Engines.Transformers5, $"takes max_position_embeddings {maximum} for it"), (Engines.Vllm, "stops with KeyError"), (Engines.LlamaCpp, "its converter stops with KeyError"), (Engines.Ropewalk, $"takes max_position_embeddings {maximum} for it"));
        }
    }
}
