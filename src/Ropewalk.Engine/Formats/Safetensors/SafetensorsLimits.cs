namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>What a file may ask for; reader and writer keep to the same.</summary>
internal static class SafetensorsLimits
{
    /// <summary>Longest header, as in the format's reference implementation.</summary>
    public const long HeaderBytes = 100_000_000;

    /// <summary>Longest tensor name in UTF-8.</summary>
    public const int NameBytes = 1024;

    /// <summary>Most dimensions of a tensor.</summary>
    public const int Rank = 8;

    /// <summary>The one key of the header that is not a tensor.</summary>
    public const string MetadataKey = "__metadata__";
}
