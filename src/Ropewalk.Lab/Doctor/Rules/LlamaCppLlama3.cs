namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>llama3 scaling outside the llama family: llama.cpp expresses it by rope_freqs.weight, which most graphs do not read.</summary>
internal sealed class LlamaCppLlama3 : Rule
{
    /// <inheritdoc/>
    public override string Name => "llama-cpp-llama3";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var type = input.Rope.ModelType;
        if (input.Rope.Type == "llama3" && LlamaCppSupport.IsKnown(type) && !LlamaCppSupport.ConvertsLlama3(type))
        {
            yield return Of(input, Severity.Warning, input.Rope.Name("rope_type"), $"llama3 scaling of a {type}", "yarn for llama.cpp, or another engine",
                (Engines.LlamaCpp, "its converter writes no scaling for this architecture: plain positions"), (Engines.Ropewalk, "refuses to write a GGUF file"));
        }
    }
}
