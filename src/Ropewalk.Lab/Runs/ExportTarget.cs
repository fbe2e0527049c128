namespace Ropewalk.Lab.Runs;

/// <summary>What the exported checkpoint is for; it decides what may be searched.</summary>
public enum ExportTarget
{
    /// <summary>Hugging Face's longrope keys, which Transformers, vLLM and llama.cpp's converter read. They have no start tokens.</summary>
    HuggingFace,

    /// <summary>This project's factors.json, which has start tokens too.</summary>
    Ropewalk,
}
