namespace Ropewalk.Tests.Durability;

/// <summary>What happens at the operation that fails.</summary>
public enum Failure
{
    /// <summary>An input/output error; nothing is done.</summary>
    Error,

    /// <summary>No space; of a write the first half arrives.</summary>
    Full,

    /// <summary>The power goes: what was not flushed is gone.</summary>
    PowerLoss,

    /// <summary>The power goes: of what was not flushed to a file the first half is there.</summary>
    TornPowerLoss,
}
