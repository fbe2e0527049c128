namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Which generation of keys is written.</summary>
public enum RopeConfigStyle
{
    /// <summary>rope_theta and rope_scaling, as releases before 5 need them; 5.x, vLLM and llama.cpp's converter read them too.</summary>
    V4,

    /// <summary>rope_parameters alone.</summary>
    V5,
}
