namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>What Transformers' config classes take where a config leaves a key out, as far as it decides which entries of a head are turned.</summary>
internal static class ClassDefaults
{
    /// <summary>head_dim; null for hidden_size / num_attention_heads.</summary>
    /// <param name="modelType">model_type, or null where the config has none.</param>
    public static int? HeadWidth(string? modelType) => modelType switch
    {
        "qwen3" => 128,
        "gemma3_text" => 256,
        _ => null,
    };

    /// <summary>Share of a head's entries that are turned: rotary_pct or partial_rotary_factor.</summary>
    /// <param name="modelType">model_type, or null where the config has none.</param>
    public static double RotaryShare(string? modelType) => modelType == "gpt_neox" ? 0.25 : 1;
}
