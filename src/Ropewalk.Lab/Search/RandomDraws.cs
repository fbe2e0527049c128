using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>Draws from the project's generator.</summary>
public sealed class RandomDraws(CounterRandom random) : IDraws
{
    /// <inheritdoc />
    public double NextDouble() => random.NextDouble();

    /// <inheritdoc />
    public int NextInt(int exclusiveMax) => random.NextInt(exclusiveMax);
}
