namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>model_max_length of the tokenizer below the config's length: what was forgotten when the window grew. Transformers' tokenizers clip
/// there under truncation=True and warn otherwise.</summary>
internal sealed class TokenizerLimit : Rule
{
    /// <inheritdoc/>
    public override string Name => "tokenizer-limit";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Json("tokenizer_config.json", out var path) is { } tokenizer && RopeSettings.Number(tokenizer, "model_max_length") is { } limit && input.Rope.Maximum is { } maximum && limit < maximum)
        {
            yield return Of(path, Severity.Warning, "model_max_length", $"{RopeSettings.Shown(limit)}, with max_position_embeddings {maximum}", $"{maximum}",
                (Engines.Transformers5, "clips texts there under truncation=True, warns otherwise"), (Engines.Vllm, "takes the smaller of the two for its length in some releases"), (Engines.LlamaCpp, "ignores it"), (Engines.Ropewalk, "ignores it"));
        }
    }
}
