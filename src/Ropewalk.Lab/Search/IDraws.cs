namespace Ropewalk.Lab.Search;

/// <summary>The random numbers that the operators consume, in their order; a recorded trace can stand in for a generator.</summary>
public interface IDraws
{
    /// <summary>A number in [0, 1).</summary>
    double NextDouble();

    /// <summary>A whole number in [0, exclusiveMax).</summary>
    int NextInt(int exclusiveMax);
}
