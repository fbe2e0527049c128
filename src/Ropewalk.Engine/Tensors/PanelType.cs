namespace Ropewalk.Engine.Tensors;

/// <summary>How a packed weight's numbers are stored in memory.</summary>
public enum PanelType
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>The upper 16 bits of a float32; widened block by block while it is used.</summary>
    BFloat16,
}
