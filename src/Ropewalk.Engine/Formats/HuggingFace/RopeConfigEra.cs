namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Whose reading of the same config.json is meant: releases of Transformers disagree about it.</summary>
public enum RopeConfigEra
{
    /// <summary>4.4x: YaRN's ramp runs over max_position_embeddings; longrope's original length is only read at the top level, and there
    /// the length ratio replaces a given factor.</summary>
    V4,

    /// <summary>4.48 to 4.57: as <see cref="V4"/>, but YaRN with an original length takes max / original as its factor and ignores the given one.</summary>
    V457,

    /// <summary>5.x, the default: a given factor wins, the original length is the ramp's.</summary>
    V5,
}
