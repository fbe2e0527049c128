namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>No rope_theta anywhere. Transformers' config classes and vLLM's patch_rope_parameters then take a default (10000 in most),
/// llama.cpp's converter writes none and its loader takes 10000 (src/llama-model.cpp). The factors of MiniCPM4's README are such an excerpt.</summary>
internal sealed class MissingBase : Rule
{
    /// <inheritdoc/>
    public override string Name => "missing-base";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Rope.Base is null)
        {
            yield return Of(input, Severity.Error, "rope_theta", "nothing", "the base that the model was trained with, as rope_theta",
                (Engines.Transformers5, "takes the model class's default, mostly 10000, without a word"), (Engines.Vllm, "takes 10000"), (Engines.LlamaCpp, "takes 10000"), (Engines.Ropewalk, "refuses"));
        }
    }
}
