namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>rope_parameters alone: releases of Transformers before 5 do not know the key, nor does vLLM before 0.11.1; they run with plain
/// positions and the class's base without a word (ecosystem cluster 1: llama.cpp#24820, vllm#28542).</summary>
internal sealed class ParametersUnread : Rule
{
    /// <inheritdoc/>
    public override string Name => "parameters-unread";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is { NewObject: not null, OldObject: null } && (rope.Type != "default" || rope.OuterBase is null))
        {
            const string Ignored = "does not know the key: plain positions, and the class's default base unless rope_theta is at the top level";
            yield return Of(input, Severity.Warning, "rope_parameters", $"{rope.Type}, without rope_scaling", "for these releases also rope_scaling and rope_theta at the top level (ropewalk export --target huggingface-v4)",
                (Engines.Transformers44, Ignored), (Engines.Transformers457, Ignored), (Engines.Vllm, "reads it from 0.11.1 on"), (Engines.LlamaCpp, "its converter reads it; older ones drop it"));
        }
    }
}
