namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>max_position_embeddings that holds the factor already, under a method whose length vLLM multiplies again: for linear and dynamic
/// max_position_embeddings is the window before scaling (methods.md 2; vllm#56446). Dynamic NTK also starts to scale there.</summary>
internal sealed class DoubledFactor : Rule
{
    /// <inheritdoc/>
    public override string Name => "doubled-factor";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Type is "linear" or "dynamic" && rope is { Factor: > 1 and { } factor, Ratio: > 1, Maximum: { } maximum, Original: { } original })
        {
            yield return Of(input, Severity.Warning, "max_position_embeddings", $"{maximum} beside factor {RopeSettings.Shown(factor)} and an original length of {original}", $"{original}: the window before scaling",
                (Engines.Transformers5, rope.Type == "dynamic" ? $"begins to scale beyond {maximum} tokens, not beyond {original}" : "ignores the original length"),
                (Engines.Vllm, $"counts the factor twice: a length of {RopeSettings.Shown(maximum * factor)}"), (Engines.Ropewalk, rope.Type == "dynamic" ? $"begins to scale beyond {maximum} tokens" : "computes with the factor once"));
        }
    }
}
