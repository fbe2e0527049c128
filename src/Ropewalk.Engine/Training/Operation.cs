namespace Ropewalk.Engine.Training;

/// <summary>What a step of a tape is called.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Weight">Name of the weight that it multiplies with, or null.</param>
internal readonly record struct Operation(string Name, string? Weight = null);
