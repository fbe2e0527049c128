namespace Ropewalk.Lab.Doctor;

/// <summary>What llama.cpp's converter and its graphs do with an architecture, read in the sources of v0.5.0 of 2026
/// (conversion/*.py: who writes the tensors; src/models/*.cpp: who hands them to its rotation). Architectures that are on no list here are
/// not judged.</summary>
internal static class LlamaCppSupport
{
    private static readonly HashSet<string> s_known = new(StringComparer.Ordinal)
    {
        "llama", "mistral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "phi", "phi3", "phimoe", "gemma", "gemma2", "gemma3_text", "gpt_neox", "stablelm", "falcon",
        "olmo2", "olmo3", "gpt_oss", "deepseek_v2", "deepseek_v3", "minicpm", "minicpm3", "ministral3", "exaone", "exaone4",
    };

    /// <summary>Graphs that turn by rope_factors_long and _short.</summary>
    private static readonly HashSet<string> s_readsLists = new(StringComparer.Ordinal) { "llama", "mistral", "phi3", "phimoe", "minicpm", "minicpm3", "ministral3" };

    /// <summary>Whether the architecture is one of those that were looked up.</summary>
    public static bool IsKnown(string modelType) => s_known.Contains(modelType);

    /// <summary>Whether the graph reads a short and a long list of factors.</summary>
    public static bool ReadsLists(string modelType) => s_readsLists.Contains(modelType);

    /// <summary>Whether llama.cpp's own converter writes the two lists; for other graphs that read them it writes the type alone, and the
    /// file is loaded with plain positions.</summary>
    public static bool ConvertsLists(string modelType) => modelType is "phi3" or "phimoe" or "minicpm" or "minicpm3";

    /// <summary>Whether the converter writes the attention factor of the lists (always from max / original).</summary>
    public static bool ConvertsAttention(string modelType) => modelType is "phi3" or "phimoe";

    /// <summary>Whether the converter writes rope_freqs.weight for llama3 scaling, which this graph reads.</summary>
    public static bool ConvertsLlama3(string modelType) => modelType is "llama" or "mistral" or "exaone" or "exaone4";

    /// <summary>Whether the loader takes YaRN's turns (beta_fast, beta_slow) from the file.</summary>
    public static bool ReadsTurns(string modelType) => modelType is "ministral3";
}
