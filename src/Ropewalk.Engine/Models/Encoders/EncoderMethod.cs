using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>What is done to the positions of an embedding model. None of it depends on the texts that another happens to be embedded with.</summary>
public sealed record EncoderMethod
{
    /// <summary>The model as it is.</summary>
    public static EncoderMethod None { get; } = new();

    /// <summary>Angles of rotary positions; null for the config's own.</summary>
    public RopeScaling? Scaling { get; init; }

    /// <summary>Positions and cells; null for the ordinary plan.</summary>
    public PositionPlan? Plan { get; init; }

    /// <summary>How many times longer a table of learned positions is stretched (2404.12096); 1 for not at all.</summary>
    public int TableFactor { get; init; } = 1;

    /// <summary>Whether a text that fits into the trained table reads the stretched one from its beginning too, as it does in a checkpoint that holds
    /// the longer table and nothing else. Otherwise it reads trained rows alone.</summary>
    public bool StretchesShortTexts { get; init; }

    /// <summary>For people: all parts, or "none".</summary>
    public string Spec
    {
        get
        {
            var parts = string.Join(", ", ((string?[])[Scaling?.Spec, Plan?.Spec, TableFactor > 1 ? $"table:{TableFactor}{(StretchesShortTexts ? ",all" : "")}" : null]).Where(p => p is not null));
            return parts.Length == 0 ? "none" : parts;
        }
    }
}
