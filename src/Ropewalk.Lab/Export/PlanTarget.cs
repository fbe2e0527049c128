namespace Ropewalk.Lab.Export;

/// <summary>For whom a plan is written.</summary>
public enum PlanTarget
{
    /// <summary>A folder with rope_scaling and rope_theta.</summary>
    HuggingFaceV4,

    /// <summary>A folder with rope_parameters.</summary>
    HuggingFaceV5,

    /// <summary>vLLM's --hf-overrides.</summary>
    Vllm,

    /// <summary>llama.cpp's flags.</summary>
    LlamaCpp,

    /// <summary>A GGUF file.</summary>
    Gguf,

    /// <summary>The plan itself.</summary>
    Ropewalk,
}
